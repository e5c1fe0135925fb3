"""Columns that mean the same on every database that Open edX runs on."""

from typing import Any

from django.db import models


class ExactCharField(models.CharField):
    """Text by which rows are found: compared byte by byte.

    MySQL and MariaDB compare without regard for case and accents, and a site's database may still be in three-byte
    `utf8`; usage keys may differ by case alone.
    """

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Give the column's parameters, with a binary collation where the default is not exact."""
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
