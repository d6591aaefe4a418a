"""The texts of messages, read from the files an analyst edits and written in the reader's language."""
