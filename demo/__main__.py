"""Bring up the demo LMS, the LTI tool, the assistant and the XBlock workbench; Ctrl-C stops them all."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click
from werkzeug.serving import make_server

from demo.lms.app import create_app
from demo.lms.platform import Addresses
from demo.processes import HOST, DemoError, Running, require_free
from demo.world import CLI, ROOT, Ports, World

START_SECONDS = 180


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), default=ROOT / "var" / "demo", help="Waar de demo alles bewaart."
)
@click.option(
    "--port", default=8000, show_default=True, help="De poort van de leeromgeving; de drie volgende horen erbij."
)
@click.option("--without-assistant", is_flag=True, help="Laat de assistent weg: al het andere moet dan ook werken.")
def main(data: Path, port: int, without_assistant: bool) -> None:
    """Breng de hele demo op deze machine op gang."""
    for number in (signal.SIGTERM, signal.SIGINT):  # also where a shell started us with SIGINT ignored
        signal.signal(number, _interrupt)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line per request would drown what the demo says
    world = World(data, Ports(port))
    try:
        _bring_up(world, without_assistant)
    except DemoError as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nDe demo is gestopt.")


def _bring_up(world: World, without_assistant: bool) -> None:
    services = [world.lti, world.workbench] + ([] if without_assistant else [world.assistant])
    require_free({world.ports.lms: "de demo-leeromgeving", **{one.port: one.name for one in services}})
    world.prepare(click.echo)
    click.echo("Starten …")
    up: set[str] = set()

    def waiting_for() -> list[str]:
        up.update(one.name for one in services if one.name not in up and one.healthy())
        return [one.name for one in services if one.name not in up]

    lms = create_app(
        Addresses(lms=world.lms_url, tool=world.lti.url),
        world.data / "lms",
        workbench=world.workbench.url,
        waiting_for=waiting_for,
    )
    with Running(world.data / "logs") as running:
        for one in services:
            running.start(one.name, one.command, one.environment)
        running.start("worker", [*CLI, "worker"], world.lti_environment)
        server = make_server(HOST, world.ports.lms, lms, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            _await(waiting_for, running)
            _welcome(world, without_assistant)
            while True:
                time.sleep(1)
                running.check()
        finally:
            server.shutdown()


def _await(waiting_for: Callable[[], list[str]], running: Running) -> None:
    deadline = time.monotonic() + START_SECONDS
    while left := waiting_for():
        running.check()
        if time.monotonic() > deadline:
            raise DemoError(f"Na {START_SECONDS} seconden nog niet klaar: {', '.join(left)}. Kijk in de logboeken.")
        time.sleep(0.5)


def _welcome(world: World, without_assistant: bool) -> None:
    click.echo(
        f"""
Veranderkracht draait.

  {world.lms_url}   demo-leeromgeving: open een stap als student of als docent (LTI 1.3)
  {world.workbench.url}   Open edX-werkbank: dezelfde stappen als XBlocks (?student=hanne, ?student=docent)

Alles staat in {world.data}. Ctrl-C stopt de demo.{" De assistent is weggelaten." if without_assistant else ""}"""
    )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
