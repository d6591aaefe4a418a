"""The analyst's workshop: what checks, lays out and draws the models, decisions and forms of a folder."""
