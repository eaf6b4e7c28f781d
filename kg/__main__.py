"""`python -m kg` is `casekg`."""

from kg.cli import main

main()
