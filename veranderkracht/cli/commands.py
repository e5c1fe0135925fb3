"""The group of all commands: finds what other rooms add, and says plainly when a room or its packages are not there.

The core imports no room; a room is named by its entry point, which has the name of the extra that it needs.
"""

import traceback
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from veranderkracht.errors import VkError

ENTRY_POINT_GROUP = "veranderkracht.commands"


class Failure(click.ClickException):
    """A command that could not do its work; its message is for people and stands alone."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), file=file, err=file is None)


class Commands(click.Group):
    """A click group that takes in the commands of every room whose packages are installed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rooms: dict[str, EntryPoint] | None = None
        self._absent: dict[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load_rooms()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is None:
            self._load_rooms()
            command = super().get_command(ctx, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and self._absent and not ctx.resilient_parsing:
            raise Failure(f"Het commando {name!r} is hier niet beschikbaar.\n{self._absentees()}")
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self._absent:
            formatter.write_paragraph()
            formatter.write_text(self._absentees())

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn what people may be told about into a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except VkError as error:
            raise Failure(error.detail) from error
        except click.UsageError as error:
            # `serve lti` where another room brought `serve`: the command may be one of an absent room.
            if self._absent and error.ctx and isinstance(error.ctx.command, click.Group):
                raise click.UsageError(f"{error.format_message()}\n{self._absentees()}", ctx=error.ctx) from error
            raise
        except ModuleNotFoundError as error:
            room = self._room_of(error)
            if room is None:
                raise
            raise Failure(_install(room, str(error.name))) from error

    def _load_rooms(self) -> None:
        if self._rooms is not None:
            return
        self._rooms = {
            room.name: room for room in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name)
        }
        for room in self._rooms.values():
            try:
                room.load()(self)
            except ModuleNotFoundError as error:
                self._absent[room.name] = str(error.name)

    def _room_of(self, error: ModuleNotFoundError) -> str | None:
        """Give the room whose code asked for what is missing."""
        asking = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)]
        for name, room in (self._rooms or {}).items():
            package = room.module.partition(".")[0]
            if any(module.partition(".")[0] == package for module in asking):
                return name
        return None

    def _absentees(self) -> str:
        return "\n".join(_install(room, missing) for room, missing in self._absent.items())


def subgroup(parent: click.Group, name: str, help: str) -> click.Group:
    """Give the group `name` under `parent`, made when it is not there yet: rooms share groups such as `serve`."""
    group = parent.commands.get(name)
    if not isinstance(group, click.Group):
        group = click.Group(name, help=help)
        parent.add_command(group)
    return group


def _install(room: str, missing: str) -> str:
    return f"Het deel {room!r} is niet geïnstalleerd ({missing} ontbreekt): pip install 'veranderkracht[{room}]'"
