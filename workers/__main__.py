"""`python -m workers` is the `fsm` command."""

from workers.cli import main

main()
