"""Sends the outbox's statements to the assistant: what is due now, or again and again."""

import signal
import threading
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from veranderkracht.host_tokens import HostKey
from xblocks.configuration import configuration
from xblocks.outbox import forget_acknowledged, send_due


class Command(BaseCommand):
    """`vk_deliver_events [--loop SECONDS] [--batch N]`."""

    help = "Stuurt wachtende gebeurtenissen naar de assistent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--loop", type=float, metavar="SECONDEN", help="Blijf draaien, en kijk telkens opnieuw.")
        parser.add_argument("--batch", type=int, default=100, metavar="N", help="Hoeveel er tegelijk gaan (100).")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Send what is due; with `--loop`, until SIGTERM or Ctrl-C.

        Raises:
            CommandError: there is no assistant, an option is wrong, or (without `--loop`) something could not be sent.
        """
        pause, batch = options["loop"], options["batch"]
        if batch < 1 or (pause is not None and pause <= 0):
            raise CommandError("--loop en --batch vragen een getal groter dan nul.")
        site = configuration()
        if not site.assistant:
            raise CommandError("Er is geen assistent ingesteld: VERANDERKRACHT['ASSISTANT_URL'] is leeg.")
        try:
            key = site.host_key()
        except ImproperlyConfigured as fault:
            raise CommandError(str(fault)) from fault
        if pause is None:
            if failure := self._send(site.ASSISTANT_URL, key, batch):
                raise CommandError(f"De assistent nam niet alles aan ({failure}). Wat wacht, blijft bewaard.")
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            if failure := self._send(site.ASSISTANT_URL, key, batch):
                self.stderr.write(f"De assistent nam niet alles aan ({failure}). Later opnieuw.")
            stop.wait(pause)

    def _send(self, url: str, key: HostKey, batch: int) -> str:
        """Send everything that is due, and give why something was left."""
        forget_acknowledged()
        while True:
            done = send_due(url, key, batch=batch)
            if done.stored or done.refused:
                self.stdout.write(f"{done.stored} bezorgd, {done.refused} geweigerd.")
            if done.failure or not done.stored + done.refused:
                return done.failure
