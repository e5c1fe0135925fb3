"""`python -m veranderkracht.cli`, for where the script is not on the path."""

from veranderkracht.cli import main

main(prog_name="veranderkracht")
