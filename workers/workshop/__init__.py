"""The analyst's workshop: what checks, lays out, draws and plays the models, decisions and forms of a folder."""
