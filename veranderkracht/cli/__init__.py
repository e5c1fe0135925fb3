"""The command line `veranderkracht`: the core's own commands, and those that the other rooms add to it.

A room adds commands by an entry point in the group `veranderkracht.commands`: a function that takes the click group.
"""

from veranderkracht.cli.commands import Commands, subgroup
from veranderkracht.cli.content import check_command, modules_command

__all__ = ["main", "subgroup"]

main = Commands(
    name="veranderkracht",
    help="Veranderkracht: leermodules, reflectie en supervisie voor verandering in zorg en welzijn.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
main.add_command(check_command)
main.add_command(modules_command)
