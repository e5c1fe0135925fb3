"""Run the workbench, or print the key by which the assistant knows it: `python -m demo.workbench [host-key]`."""

import json
import logging
import os
import secrets
import threading
from pathlib import Path

import click
import django
from werkzeug.serving import make_server

HOST = "127.0.0.1"
DELIVER_SECONDS = 5.0

_data = click.option("--data", type=click.Path(path_type=Path), required=True, help="Waar de werkbank alles bewaart.")


@click.group(invoke_without_command=True)
@click.option("--port", default=8003, show_default=True, help="De poort op deze machine.")
@click.option("--data", type=click.Path(path_type=Path), help="Waar de werkbank alles bewaart.")
@click.pass_context
def main(context: click.Context, port: int, data: Path | None) -> None:
    """Breng de XBlock-werkbank op gang."""
    if context.invoked_subcommand is None:
        if data is None:
            raise click.UsageError("Geef met --data een map op.")
        _set_up(data)
        _serve(port)


@main.command("host-key")
@_data
def host_key(data: Path) -> None:
    """Toon wat de assistent van deze werkbank moet weten, als JSON."""
    _set_up(data)
    from xblocks.configuration import configuration
    from xblocks.keys import public_pem

    key = configuration().host_key()
    click.echo(json.dumps({"kid": key.kid, "issuer": key.issuer, "public_key": public_pem(key.private_pem)}))


def _set_up(data: Path) -> None:
    """Make the files that the settings point to, and start Django."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "demo.workbench.settings"
    os.environ["VK_WORKBENCH_DATA"] = str(data.resolve())
    from xblocks.keys import make_files

    make_files(data / "host-key.pem", data / "tenant-key")
    secret = data / "secret"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(50), encoding="ascii")
    django.setup()


def _serve(port: int) -> None:
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", run_syncdb=True, verbosity=0)
    from demo.workbench import delivery, scenarios

    scenarios.load()
    threading.Thread(target=delivery.deliver, args=(DELIVER_SECONDS,), daemon=True).start()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    make_server(HOST, port, StaticFilesHandler(get_wsgi_application()), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
