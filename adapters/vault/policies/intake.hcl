# The intake: no secret of anybody's, and users of the database role fsm_intake.
path "database/creds/intake" { capabilities = ["read"] }
