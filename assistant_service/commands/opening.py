"""What every command of the sidecar begins with: settings from the environment, and the services open."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant_service.services import Services


@contextmanager
def opened() -> "Iterator[Services]":
    """Give the services, and close them at the end."""
    from assistant_service.configuration import read
    from assistant_service.services import open_services

    services = open_services(read(os.environ))
    try:
        yield services
    finally:
        services.knowledge.close()
        services.database.close()
