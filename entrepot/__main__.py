"""`python -m entrepot`."""

from entrepot.command import main

main()
