# What a process of the platform may read: its own secrets, and database users that end. Nothing else, and nothing for ever.
path "secret/data/adobe-sign" { capabilities = ["read"] }
path "secret/data/messaging" { capabilities = ["read"] }
path "secret/data/oracle-fusion" { capabilities = ["read"] }
path "secret/data/sales-*" { capabilities = ["read"] }
path "database/creds/worker-rw" { capabilities = ["read"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/lookup-self" { capabilities = ["read"] }
