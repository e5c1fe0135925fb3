"""What every part of a running sidecar has at hand: settings, database, knowledge and the clock."""

from dataclasses import dataclass

from assistant_service.configuration import AssistantSettings
from assistant_service.database import Database
from assistant_service.knowledge.search import Knowledge
from veranderkracht.clock import Clock, now


@dataclass(frozen=True)
class Services:
    """One process's own; made after a fork.

    Args:
        settings: how this sidecar runs.
        database: `read()` and `write()` give sessions.
        knowledge: `search(tenant, query, k, module=None)` gives passages.
        clock: the present moment; tests hand in their own.
    """

    settings: AssistantSettings
    database: Database
    knowledge: Knowledge
    clock: Clock = now


def open_services(settings: AssistantSettings, clock: Clock = now) -> Services:
    """Open the database, with its schema up to date, and the knowledge (lazily)."""
    database = Database(settings.database_url)
    database.migrate()
    return Services(settings, database, Knowledge(settings, database, clock), clock)
