# The API: what it checks webhooks and sales systems with, and users of the database role fsm_api.
path "secret/data/adobe-sign" { capabilities = ["read"] }
path "secret/data/links" { capabilities = ["read"] }
path "secret/data/messaging" { capabilities = ["read"] }
path "secret/data/sales-*" { capabilities = ["read"] }
path "database/creds/api" { capabilities = ["read"] }
