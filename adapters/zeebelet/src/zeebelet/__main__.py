"""`python -m zeebelet`: the command line."""

from zeebelet.cli import main

main()
