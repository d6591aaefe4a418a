"""The sales systems: one contract, one folder for each."""
