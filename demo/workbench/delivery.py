"""The outbox's messenger, as a thread of the workbench; an LMS runs `manage.py vk_deliver_events --loop` instead."""

import logging
import time

from django.db import OperationalError, close_old_connections

from xblocks.configuration import configuration
from xblocks.outbox import Round, send_due

log = logging.getLogger(__name__)


def deliver(pause: float, batch: int = 50) -> None:
    """Send what is due, and again after every pause (in seconds); does nothing without an assistant."""
    site = configuration()
    if not site.assistant:
        return
    while True:
        close_old_connections()
        try:
            done = send_due(site.ASSISTANT_URL, site.host_key(), batch=batch)
        except OperationalError as fault:  # the database is busy; what waits is still there the next time
            log.info("events wait: %s", fault)
            done = Round()
        if done.failure:
            log.info("events wait: %s", done.failure)
        if not done.stored:
            time.sleep(pause)
