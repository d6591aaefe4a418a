locals {
  # Bucket -> days its objects cannot be removed, and whether they may ever be.
  buckets = {
    documents        = { days = 3650 }
    postgres-backups = { days = 30 }
    camunda-backups  = { days = 14 }
  }
}

resource "google_storage_bucket" "kept" {
  for_each                    = local.buckets
  name                        = "${var.project}-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  versioning {
    enabled = true
  }
  soft_delete_policy {
    retention_duration_seconds = 604800
  }
  retention_policy {
    retention_period = each.value.days * 86400
  }
  encryption {
    default_kms_key_name = google_kms_crypto_key.storage.id
  }
}

resource "google_kms_key_ring" "fsm" {
  name     = "fsm"
  location = var.region
}

resource "google_kms_crypto_key" "storage" {
  name            = "storage"
  key_ring        = google_kms_key_ring.fsm.id
  rotation_period = "7776000s"
}

resource "google_kms_crypto_key" "vault" {
  name            = "vault-unseal"
  key_ring        = google_kms_key_ring.fsm.id
  rotation_period = "7776000s"
}

resource "google_artifact_registry_repository" "images" {
  repository_id = "fsm"
  location      = var.region
  format        = "DOCKER"
}
