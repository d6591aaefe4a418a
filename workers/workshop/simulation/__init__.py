"""Plays many orders over weeks of virtual time against one version of the models, and compares versions.

Models, decisions, forms, timers and messages are the real ones, on the embedded engine. What workers would compute is answered by
models of them (`answers`), people behave by chance (`people`). The same seed asks the same people the same questions, so what
differs between two versions comes from the versions.
"""
