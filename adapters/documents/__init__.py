"""Documents: rendered with fpdf2, kept as files that nobody overwrites."""
