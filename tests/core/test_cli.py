"""Promises of the command line: it lists modules, takes in the rooms' commands, and explains what is missing."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint

import click
import pytest
from click.testing import CliRunner

from veranderkracht.cli import commands, subgroup
from veranderkracht.cli.commands import Commands
from veranderkracht.errors import Rejected

Register = Callable[[click.Group], None]


@pytest.fixture
def group_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Commands]:
    """Make a group for which the named functions of this file are the rooms' entry points."""

    def make(**rooms: Register) -> Commands:
        points = [
            EntryPoint(name, f"{__name__}:{register.__name__}", commands.ENTRY_POINT_GROUP)
            for name, register in rooms.items()
        ]
        monkeypatch.setattr(commands, "entry_points", lambda group: points)
        return Commands(name="veranderkracht")

    return make


def register_serving(group: click.Group) -> None:
    @subgroup(group, "serve", help="Start een dienst.").command("lti")
    def serve_lti() -> None:
        click.echo("lti draait")


def register_serving_too(group: click.Group) -> None:
    @subgroup(group, "serve", help="Start een dienst.").command("assistant")
    def serve_assistant() -> None:
        raise Rejected("Poort 8002 is bezet. Kies een andere.")


def register_without_its_package(group: click.Group) -> None:
    import pakket_dat_er_niet_is  # type: ignore[import-not-found]  # noqa: F401


def register_and_need_a_package_later(group: click.Group) -> None:
    @group.command("later")
    def later() -> None:
        import pakket_dat_er_niet_is  # noqa: F401


def test_python_dash_m_lists_the_modules_with_phase_and_minutes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "veranderkracht.cli", "modules"], capture_output=True, text=True, check=True
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("samen-kijken ")]
    assert " waarnemen " in line
    assert " min " in line
    assert "Samen kijken" in line


def test_rooms_share_a_group_and_run_their_own_commands(group_with: Callable[..., Commands]) -> None:
    main = group_with(lti=register_serving, assistant=register_serving_too)
    assert CliRunner().invoke(main, ["serve", "lti"]).output == "lti draait\n"
    assert "assistant\n  lti" in CliRunner().invoke(main, ["serve", "--help"]).output


def test_an_error_for_people_is_its_message_alone_and_exit_code_1(group_with: Callable[..., Commands]) -> None:
    result = CliRunner().invoke(group_with(assistant=register_serving_too), ["serve", "assistant"])
    assert (result.exit_code, result.output) == (1, "Poort 8002 is bezet. Kies een andere.\n")


def test_a_room_whose_packages_are_missing_leaves_the_others_working_and_says_what_to_install(
    group_with: Callable[..., Commands],
) -> None:
    main = group_with(assistant=register_without_its_package, lti=register_serving)
    advice = "pip install 'veranderkracht[assistant]'"
    assert CliRunner().invoke(main, ["serve", "lti"]).exit_code == 0
    asked = CliRunner().invoke(main, ["tenant", "add", "west"])
    assert asked.exit_code == 1
    assert "'tenant' is hier niet beschikbaar" in asked.output
    assert advice in asked.output
    assert advice in CliRunner().invoke(main, ["--help"]).output.replace("\n", " ")


def test_a_command_that_an_absent_room_would_add_to_a_shared_group_is_explained(
    group_with: Callable[..., Commands],
) -> None:
    main = group_with(assistant=register_without_its_package, lti=register_serving)
    result = CliRunner().invoke(main, ["serve", "assistant"])
    assert result.exit_code == 2
    assert "pip install 'veranderkracht[assistant]'" in result.output
    assert "pip install" not in CliRunner().invoke(main, ["serve", "lti", "--weg"]).output


def test_a_package_that_is_missed_only_when_a_command_runs_is_explained_as_well(
    group_with: Callable[..., Commands],
) -> None:
    result = CliRunner().invoke(group_with(lti=register_and_need_a_package_later), ["later"])
    assert result.exit_code == 1
    assert "pakket_dat_er_niet_is ontbreekt): pip install 'veranderkracht[lti]'" in result.output


def test_a_command_that_nobody_knows_is_an_ordinary_usage_error_when_nothing_is_missing(
    group_with: Callable[..., Commands],
) -> None:
    assert CliRunner().invoke(group_with(lti=register_serving), ["taart"]).exit_code == 2
