# People of support, with the `fsm` command: read only, and nothing of customers.
path "database/creds/support" { capabilities = ["read"] }
