"""`python -m sprintlib` is the `sprint` command."""

from sprintlib.cli import main

main()
