resource "google_service_account" "nodes" {
  account_id = "fsm-nodes"
}

resource "google_service_account" "of" {
  for_each   = toset(["postgres", "camunda", "vault", "platform"])
  account_id = each.value
}

locals {
  # Service account -> Kubernetes service account that may act as it.
  bound = {
    postgres = "data/fsm-postgres"
    camunda  = "camunda/camunda-zeebe"
    vault    = "vault/vault"
    platform = "fsm/fsm-platform"
  }
  may_write = { postgres = "postgres-backups", camunda = "camunda-backups", platform = "documents" }
}

resource "google_service_account_iam_member" "bound" {
  for_each           = local.bound
  service_account_id = google_service_account.of[each.key].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${each.value}]"
}

resource "google_storage_bucket_iam_member" "writes" {
  for_each = local.may_write
  bucket   = google_storage_bucket.kept[each.value].name
  role     = "roles/storage.objectUser"
  member   = "serviceAccount:${google_service_account.of[each.key].email}"
}

resource "google_kms_crypto_key_iam_member" "vault" {
  crypto_key_id = google_kms_crypto_key.vault.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:${google_service_account.of["vault"].email}"
}

# GitHub's workflows come in without a key: only this repository's, only its environments.
resource "google_iam_workload_identity_pool" "github" {
  workload_identity_pool_id = "github"
}

resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_mapping = {
    "google.subject"        = "assertion.sub"
    "attribute.repository"  = "assertion.repository"
    "attribute.environment" = "assertion.environment"
  }
  attribute_condition = "assertion.repository == '${var.repository}' && assertion.environment in ['staging', 'production']"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_project_iam_member" "deploys" {
  for_each = toset(["roles/container.developer", "roles/artifactregistry.writer"])
  project  = var.project
  role     = each.value
  member   = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/attribute.repository/${var.repository}"
}
