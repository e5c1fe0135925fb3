"""Forgetting what is over, by the running service itself: a thread that does it now and then."""

import logging
import threading
from collections.abc import Iterable

from sqlalchemy.exc import SQLAlchemyError

from assistant_service.forgetting import PersonalData, expire
from assistant_service.services import Services
from veranderkracht.errors import VkError

EVERY = 3600.0  # seconds

log = logging.getLogger(__name__)


class Retention:
    """Forgets for as long as its process lives; start it after a fork. Several at once do no harm.

    Args:
        services: of this process.
        rooms: what each room keeps of people.
        every: seconds between two times.
    """

    def __init__(self, services: Services, rooms: Iterable[PersonalData], every: float = EVERY) -> None:
        self._services = services
        self._rooms = tuple(rooms)
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Begin, with a first time at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, after what is being forgotten now."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                expire(self._services, self._rooms)
            except (SQLAlchemyError, VkError):
                log.exception("forgetting what is over failed; it is tried again")
            if self._stopped.wait(self._every):
                return
