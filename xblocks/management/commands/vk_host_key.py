"""Makes the files of this site's key when they are missing, and prints what the assistant must know of it."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from xblocks.configuration import configuration
from xblocks.keys import make_files, public_pem


class Command(BaseCommand):
    """`vk_host_key [--json]`."""

    help = "Maakt de sleutel van deze site aan als die er nog niet is, en toont wat de assistent ervan moet weten."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="Toon alles als één JSON-object.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make and show the key.

        Raises:
            CommandError: the settings do not say where, or a file cannot be made or read.
        """
        site = configuration()
        if missing := [name for name in ("ISSUER", "HOST_KEY_FILE", "TENANT_KEY_FILE") if not getattr(site, name)]:
            raise CommandError(f"Stel eerst in: VERANDERKRACHT[{', '.join(missing)}].")
        try:
            make_files(Path(site.HOST_KEY_FILE), Path(site.TENANT_KEY_FILE))
            key = site.host_key()
        except OSError as fault:
            raise CommandError(f"De sleutel kon niet bewaard worden: {fault.strerror} ({fault.filename}).") from fault
        except ImproperlyConfigured as fault:
            raise CommandError(str(fault)) from fault
        public = public_pem(key.private_pem)
        if options["json"]:
            self.stdout.write(json.dumps({"kid": key.kid, "issuer": key.issuer, "public_key": public}))
        else:
            self.stdout.write(f"kid     {key.kid}\nissuer  {key.issuer}\n\n{public}")
