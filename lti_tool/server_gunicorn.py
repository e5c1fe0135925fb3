"""The web server: gunicorn with threads, the app made in each process after the fork."""

import logging
import re
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings

MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory

# No query, no referrer and no cookie, for secrets and names stand there; the last field is milliseconds.
ACCESS_LINE = "%(h)s %(m)s %(U)s %(s)s %(B)s %(M)s"
_QUERY = re.compile(r"\?[^\s'\"]+")


class WithoutQueries(logging.Filter):
    """Takes what follows a question mark out of addresses: an invitation's secret stands there.

    Gunicorn names the whole address when an error passes the app.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line; every line stays."""
        record.msg, record.args = _QUERY.sub("?…", record.getMessage()), ()
        return True


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: LtiSettings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        return create_app(self._settings)


def serve(settings: LtiSettings, *, host: str, port: int, workers: int, threads: int, access_log: bool = False) -> None:
    """Serve the tool until the process is told to stop; with `access_log`, write a line for each request."""
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": 20,
        "accesslog": "-" if access_log else None,
        "access_log_format": ACCESS_LINE,
        # Gunicorn's heartbeat file must not wait for a disk.
        "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
    }
    logging.getLogger("gunicorn.error").addFilter(WithoutQueries())
    _Server(settings, options).run()
