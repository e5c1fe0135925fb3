"""The queue: what wakes the worker. The only file that knows Huey; the outbox table is the truth, this only rings.

SQLite in the data folder by default, Redis by one setting. A bell that is lost is made good within a minute.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.exceptions import HueyException
from huey.utils import normalize_time

from lti_tool.configuration import LtiSettings

log = logging.getLogger("lti_tool.queue")

NAME = "veranderkracht-lti"
DRAIN = "drain"
CLEAN = "clean"


class Queue:
    """The bell between the web processes and the worker.

    Args:
        huey: the queue behind it.
        faults: what its storage raises when it cannot be reached.
    """

    def __init__(self, huey: Huey, *faults: type[Exception]) -> None:
        self._huey = huey
        self._faults = (HueyException, OSError, *faults)
        self._drain: Callable[[], datetime | None] = lambda: None
        self._ring = huey.task(name=DRAIN)(self._run)

    def wake(self) -> None:
        """Ring; what goes wrong is logged, for the work itself is safe in the outbox."""
        try:
            self._ring()
        except self._faults as fault:
            log.warning("the worker could not be woken (%s); it looks by itself every minute", type(fault).__name__)

    def serve(self, drain: Callable[[], datetime | None], clean: Callable[[], None], threads: int = 2) -> None:
        """Work until the process is told to stop.

        Args:
            drain: sends what is due, and gives when something is due again.
            clean: throws away what is no longer needed; once an hour.
            threads: how many rings are answered at the same time.
        """
        self._drain = drain
        self._huey.periodic_task(crontab(), name="every-minute")(self._run)
        self._huey.periodic_task(crontab(minute="17"), name=CLEAN)(clean)
        self._ring()
        self._huey.create_consumer(workers=threads, worker_type="thread", periodic=True, check_worker_health=True).run()

    def _run(self) -> None:
        due = self._drain()
        if due is not None:
            seconds = (due - datetime.now(due.tzinfo)) / timedelta(seconds=1)
            # Anything later is found by the look of every minute; one planned ring is enough for all rows.
            if seconds < 60 and not self._huey.scheduled_count():
                ring = self._ring.s()
                ring.eta = normalize_time(delay=max(1, int(seconds) + 1), utc=self._huey.utc)
                self._huey.add_schedule(ring)


def open_queue(settings: LtiSettings) -> Queue:
    """Give the queue that the settings ask for."""
    if settings.redis_url:
        from redis.exceptions import RedisError  # an extra of its own

        return Queue(RedisHuey(NAME, url=settings.redis_url, results=False), RedisError)
    settings.data.mkdir(parents=True, exist_ok=True)
    return Queue(
        SqliteHuey(NAME, filename=str(settings.data / "queue.sqlite3"), results=False, timeout=5), sqlite3.Error
    )
