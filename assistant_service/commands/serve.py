"""`serve assistant`: the sidecar under gunicorn."""

import os
from collections.abc import Callable
from typing import Any

import click

WORKERS = 2
# A thread is held for as long as an answer streams, and does next to nothing in that time: a class of learners that
# asks something at once must not wait in line for one another.
THREADS = 128


@click.command("assistant")
@click.option("--host", default="127.0.0.1", show_default=True, help="Op welk adres hij luistert.")
@click.option("--port", type=click.IntRange(1, 65535), default=8002, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=WORKERS, show_default=True, help="Processen.")
@click.option(
    "--threads",
    type=click.IntRange(1, 256),
    default=THREADS,
    show_default=True,
    help="Draden per proces: zo veel antwoorden tegelijk.",
)
def serve_command(host: str, port: int, workers: int, threads: int) -> None:
    """Start de assistent."""
    from assistant_service.configuration import read
    from assistant_service.database import Database

    settings = read(os.environ)
    database = Database(settings.database_url)
    database.migrate()
    database.close()

    def make() -> Any:
        from assistant_service.app import PERSONAL_DATA, create_app
        from assistant_service.knowledge.indexer import Indexer
        from assistant_service.retention import Retention

        app = create_app(settings)
        services = app.extensions["veranderkracht"]
        Indexer(settings, services.database, services.clock).start()
        Retention(services, PERSONAL_DATA).start()
        return app

    run(make, host, port, workers, threads, "veranderkracht-assistant")


def run(make: Callable[[], Any], host: str, port: int, workers: int, threads: int, name: str) -> None:
    """Serve an app until this process is told to stop.

    Args:
        make: gives the app, in each worker: neither Chroma nor the database may be open before the fork.
        host: to listen on.
        port: to listen on.
        workers: processes.
        threads: of each.
        name: of the processes, for who looks at a list of them.
    """
    from gunicorn.app.base import BaseApplication

    class Served(BaseApplication):  # type: ignore[misc]
        """An app with our settings."""

        def load_config(self) -> None:
            """Set what the options say."""
            wanted = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": workers,
                "threads": threads,
                "worker_class": "gthread",
                "preload_app": False,
                "proc_name": name,
                "timeout": 60,
            }
            for setting, value in wanted.items():
                self.cfg.set(setting, value)

        def load(self) -> Any:
            """Make the app, in the worker."""
            return make()

    Served().run()
