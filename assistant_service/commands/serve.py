"""`serve assistant`: the sidecar under gunicorn."""

import os
from typing import Any

import click


@click.command("assistant")
@click.option("--host", default="127.0.0.1", show_default=True, help="Op welk adres hij luistert.")
@click.option("--port", type=click.IntRange(1, 65535), default=8002, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processen.")
@click.option("--threads", type=click.IntRange(1, 256), default=8, show_default=True, help="Draden per proces.")
def serve_command(host: str, port: int, workers: int, threads: int) -> None:
    """Start de assistent."""
    from gunicorn.app.base import BaseApplication

    from assistant_service.configuration import read
    from assistant_service.database import Database

    settings = read(os.environ)
    database = Database(settings.database_url)
    database.migrate()
    database.close()

    class Assistant(BaseApplication):  # type: ignore[misc]
        """The app, made in each worker: neither Chroma nor the database may be open before the fork."""

        def load_config(self) -> None:
            """Set what the options say."""
            wanted = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": workers,
                "threads": threads,
                "worker_class": "gthread",
                "preload_app": False,
                "proc_name": "veranderkracht-assistant",
                "timeout": 60,
            }
            for name, value in wanted.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """Make the app, in the worker."""
            from assistant_service.app import PERSONAL_DATA, create_app
            from assistant_service.knowledge.indexer import Indexer
            from assistant_service.retention import Retention

            app = create_app(settings)
            services = app.extensions["veranderkracht"]
            Indexer(settings, services.database, services.clock).start()
            Retention(services, PERSONAL_DATA).start()
            return app

    Assistant().run()
