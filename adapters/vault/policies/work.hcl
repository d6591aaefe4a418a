# Job workers: the systems behind the tasks, and users of the database role fsm_work.
path "secret/data/adobe-sign" { capabilities = ["read"] }
path "secret/data/links" { capabilities = ["read"] }
path "secret/data/messaging" { capabilities = ["read"] }
path "secret/data/oracle-fusion" { capabilities = ["read"] }
path "secret/data/sales-*" { capabilities = ["read"] }
path "database/creds/work" { capabilities = ["read"] }
