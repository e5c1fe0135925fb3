"""What the parts of one running tool share, opened once per process."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lti_tool.access import AccessTokens
from lti_tool.configuration import LtiSettings
from lti_tool.database import Database
from lti_tool.keys import KeyFolder
from lti_tool.launch_notes import LaunchNotes
from lti_tool.outgoing import Outgoing
from lti_tool.platform_keys import PlatformKeys
from lti_tool.signed import Signer
from veranderkracht.clock import Clock, now
from veranderkracht.modules.library import Library


@dataclass(frozen=True)
class Services:
    """A running tool's parts.

    Args:
        settings: as read at start.
        database: open, and up to date.
        keys: the tool's own.
        signer: for states and page tokens.
        outgoing: the way to platforms.
        access: our tokens for the platforms' services.
        platform_keys: the platforms' public keys.
        library: the content.
        clock: gives the time; tests replace it.
        wake: tells the worker that the outbox has something; never raises.
        notes: what administrators see of launches.
    """

    settings: LtiSettings
    database: Database
    keys: KeyFolder
    signer: Signer
    outgoing: Outgoing
    access: AccessTokens
    platform_keys: PlatformKeys
    library: Library
    clock: Clock
    wake: Callable[[], None]
    notes: LaunchNotes = field(default_factory=LaunchNotes)


def open_database(settings: LtiSettings) -> Database:
    """Open the database; SQLite is brought up to date at once, PostgreSQL by `veranderkracht lti migrate`."""
    database = Database(settings.database_url)
    if database.is_sqlite:
        database.migrate()
    return database


def open_keys(settings: LtiSettings, clock: Clock = now) -> KeyFolder:
    """Open the folder of keys."""
    return KeyFolder(settings.keys, settings.base_url, settings.secret, files_secret=settings.keys_secret, clock=clock)


def open_services(
    settings: LtiSettings, *, wake: Callable[[], None], library: Library | None = None, clock: Clock = now
) -> Services:
    """Open everything; call it after a fork, for database connections do not survive one."""
    keys = open_keys(settings, clock)
    outgoing = Outgoing(allow_private=settings.allow_private)
    return Services(
        settings=settings,
        database=open_database(settings),
        keys=keys,
        signer=Signer(keys.session_secret()),
        outgoing=outgoing,
        access=AccessTokens(outgoing, keys),
        platform_keys=PlatformKeys(outgoing),
        library=library or Library.installed(),
        clock=clock,
        wake=wake,
    )
