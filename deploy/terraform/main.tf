# The ground: network, cluster, buckets, keys, identities. One folder, one state per environment (-backend-config, -var-file).
terraform {
  required_version = ">= 1.11"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region
}

resource "google_project_service" "needed" {
  for_each           = toset(["container.googleapis.com", "compute.googleapis.com", "storage.googleapis.com", "cloudkms.googleapis.com", "artifactregistry.googleapis.com", "iamcredentials.googleapis.com"])
  service            = each.value
  disable_on_destroy = false
}
