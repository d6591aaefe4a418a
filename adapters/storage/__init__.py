"""Cloud Storage: documents kept in a bucket with a retention policy, checked on every way, linked to for a while."""
