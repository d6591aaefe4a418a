#!/usr/bin/env bash
# Sets a new Vault up for the platform; may be run again. Needs VAULT_ADDR, an administrator's VAULT_TOKEN, and PG_ADMIN_URL
# (postgresql://administrator:password@host:5432/field_service).
set -euo pipefail
cd "$(dirname "$0")"
: "${VAULT_ADDR:?}" "${VAULT_TOKEN:?}" "${PG_ADMIN_URL:?}"

enable() { vault "$1" list -format=json | grep -q "\"$3/\"" || vault "$1" enable -path="$3" "$2"; }

enable secrets kv-v2 secret
enable secrets database database
enable auth kubernetes kubernetes
vault audit list -format=json | grep -q '"file/"' || vault audit enable file file_path=/vault/audit/audit.log

vault policy write fsm-platform platform.hcl
vault write auth/kubernetes/config kubernetes_host=https://kubernetes.default.svc
vault write auth/kubernetes/role/worker \
  bound_service_account_names=fsm-platform bound_service_account_namespaces=fsm \
  token_policies=fsm-platform token_ttl=1h token_max_ttl=24h

user=$(printf '%s' "$PG_ADMIN_URL" | sed -E 's#^postgresql://([^:]+):.*#\1#')
password=$(printf '%s' "$PG_ADMIN_URL" | sed -E 's#^postgresql://[^:]+:([^@]+)@.*#\1#')
place=$(printf '%s' "$PG_ADMIN_URL" | sed -E 's#^postgresql://[^@]+@(.*)#\1#')
vault write database/config/field-service plugin_name=postgresql-database-plugin allowed_roles=worker-rw \
  connection_url="postgresql://{{username}}:{{password}}@${place}?sslmode=verify-full" \
  username="$user" password="$password" password_authentication=scram-sha-256
vault write database/roles/worker-rw db_name=field-service default_ttl=1h max_ttl=24h \
  creation_statements="CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE field_service_rw;" \
  renew_statements="ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}';" \
  revocation_statements="DROP ROLE IF EXISTS \"{{name}}\";"
