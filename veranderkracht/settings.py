"""Settings: one table per app, read from the environment once, at start.

A table is a tuple of `Setting`; `read` turns an environment into values, refuses what is wrong or missing all at once,
and takes any setting from a file by `NAME_FILE`, as secrets should be. Nothing reads the environment at import.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from veranderkracht.errors import VkError


class SettingsError(VkError):
    """One or more settings are missing or wrong; the start must stop."""

    status = 500
    code = "settings-invalid"
    title = "Instellingen kloppen niet"


@dataclass(frozen=True)
class Setting:
    """One setting.

    Args:
        name: the environment variable, `VK_…`.
        help: what it does, for the documentation and for `--help`.
        default: the value when it is not set; None means that it must be set.
        check: raises ValueError with a reason when the text will not do.
    """

    name: str
    help: str
    default: str | None = None
    check: Callable[[str], object] | None = None


def read(table: Iterable[Setting], environ: Mapping[str, str]) -> dict[str, str]:
    """Give the value of every setting in the table.

    Raises:
        SettingsError: naming every setting that is missing, unreadable or wrong.
    """
    values: dict[str, str] = {}
    faults: list[str] = []
    for setting in table:
        try:
            value = _value(setting, environ)
            if setting.check is not None:
                setting.check(value)
            values[setting.name] = value
        except (ValueError, OSError) as fault:
            faults.append(f"{setting.name}: {fault} ({setting.help})")
    if faults:
        raise SettingsError("\n".join(faults))
    return values


def _value(setting: Setting, environ: Mapping[str, str]) -> str:
    if path := environ.get(f"{setting.name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = environ.get(setting.name, setting.default)
    if value is None:
        raise ValueError("is niet ingesteld")
    return value
