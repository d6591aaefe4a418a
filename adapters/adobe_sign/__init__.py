"""Electronic signatures through Adobe Acrobat Sign REST v6."""
