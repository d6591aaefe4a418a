variable "project" {
  type        = string
  description = "Google Cloud project of this environment."
}

variable "region" {
  type        = string
  description = "An EU region: personal data of EU customers stays in the EU."
  default     = "europe-west1"
  validation {
    condition     = startswith(var.region, "europe-")
    error_message = "Expected an EU region."
  }
}

variable "repository" {
  type        = string
  description = "GitHub repository (owner/name) whose workflows may deploy."
}

variable "node_type" {
  type    = string
  default = "n2-standard-8"
}

variable "nodes_per_zone" {
  type    = number
  default = 2
}
