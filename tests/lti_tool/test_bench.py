"""The bench measures what it says, names what it could not measure, and fails when a launch takes too long."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.bench import rounds, servers
from lti_tool.bench.driver import BenchFault, in_process, launch
from lti_tool.bench.platform import listening
from lti_tool.tables import OutboxRow, SeatRow, SessionRow, UsedNonceRow
from veranderkracht.cli import main


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def bench(*options: str) -> Result:
    return CliRunner().invoke(main, ["bench", "launch", *options])


def test_a_launch_is_held_against_its_floor() -> None:
    result = bench("--launches", "20", "--without-peer", "--bar", "100000")
    assert result.exit_code == 0, result.output
    for row in ("aanmelding (login)", "hele start", "RS256 nakijken", "één rij schrijven", "bodem"):
        assert re.search(rf"^{re.escape(row)} +[\d.]+ +[\d.]+ +\d+$", result.output, re.MULTILINE), result.output
    assert re.search(r"Verhouding tot de bodem: \d+,\d\d×", result.output)
    assert "HTTP" not in result.output


def test_the_bench_fails_when_a_launch_takes_longer_than_the_bar() -> None:
    result = bench("--launches", "20", "--without-peer", "--bar", "0.01")
    assert result.exit_code == 1
    assert "De lat is niet gehaald." in result.output
    assert "0,01×" in result.output


def test_what_is_timed_is_a_real_launch_that_leaves_everything_behind(tmp_path: Path) -> None:
    with listening() as platform, rounds.tool(rounds.settings_in(tmp_path), platform) as (app, services):
        ask = in_process(app, rounds.BASE_URL)
        for number in range(3):
            assert launch(ask, platform, rounds.BASE_URL, number).whole > 0
        with services.database.read() as session:
            for table in (SessionRow, UsedNonceRow, OutboxRow, SeatRow):
                assert session.query(table).count() == 3, table


def test_a_launch_that_is_not_let_in_is_not_measured(tmp_path: Path) -> None:
    with (
        listening() as platform,
        listening() as stranger,
        rounds.tool(rounds.settings_in(tmp_path), platform) as (app, _),
        pytest.raises(BenchFault, match="niet aanvaard"),
    ):
        launch(in_process(app, rounds.BASE_URL), stranger, rounds.BASE_URL, 0)


def test_without_node_the_rest_is_measured_and_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    result = bench("--launches", "5", "--bar", "100000")
    assert result.exit_code == 0, result.output
    assert re.search(r"^deze tool +[\d.]+ +[\d.]+ +\d+$", result.output, re.MULTILINE), result.output
    [line] = [line for line in result.output.splitlines() if line.startswith("ltijs")]
    assert "niet gemeten: node of npm staat hier niet" in line


def test_an_npm_that_cannot_reach_its_registry_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(BenchFault, match="npm ci lukte niet") as told:
        servers.install(servers.find_node())
    assert "\n" not in told.value.detail


def test_the_peers_lock_file_is_what_its_package_file_asks(tmp_path: Path) -> None:
    node = servers.find_node()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(servers.PEER / name, tmp_path / name)
    # Offline with an empty cache npm gets as far as comparing the two, and no further.
    done = subprocess.run(
        [*node.npm, "ci", "--offline", "--ignore-scripts", "--cache", str(tmp_path / "empty")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "in sync" not in done.stderr, done.stderr
    assert "ENOTCACHED" in done.stderr, done.stderr
