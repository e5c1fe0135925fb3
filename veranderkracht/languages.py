"""The language in which screens and errors speak: Dutch is the source text, with a catalogue per language beside it.

Modules, rubrics and articles are Dutch and stay so. The language is set once per request; a text without translation
is shown in Dutch.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = "nl"
TRANSLATED = ("en", "fr")
LANGUAGES = (SOURCE, *TRANSLATED)

_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)
_folders: list[Path] = [Path(__file__).parent / "locale"]


def add_catalogues(folder: Path) -> None:
    """Let the texts of a room be found too; `folder` holds `<language>/LC_MESSAGES/<room>.po`."""
    if folder not in _folders:
        _folders.append(folder)
        _catalogue.cache_clear()


def speak(language: str) -> None:
    """Speak this language from here on, in this request; one that we do not have is Dutch."""
    _spoken.set(language if language in LANGUAGES else SOURCE)


@contextmanager
def written() -> Iterator[None]:
    """Speak Dutch for what is written down or logged meanwhile, whoever it is that asks."""
    before = _spoken.set(SOURCE)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """Give the language that is spoken now: `nl`, `en` or `fr`."""
    return _spoken.get()


def locale() -> Locale:
    """Give how dates and numbers are written here, in the language that is spoken now: as in Belgium."""
    return Locale(spoken(), "BE")


def choose(wanted: Iterable[str]) -> str:
    """Give the first of these language tags (BCP 47, such as `fr-BE`) that we speak; Dutch when there is none."""
    return match(wanted) or SOURCE


def match(wanted: Iterable[str]) -> str:
    """Give the first of these language tags that we speak; an empty text when there is none."""
    return negotiate_locale([tag.replace("-", "_").lower() for tag in wanted if tag], LANGUAGES) or ""


def say(text: str, /, **values: object) -> str:
    """Give a Dutch text in the language that is spoken now, with values at its `{names}`."""
    found = _catalogue(spoken()).gettext(text)
    return found.format(**values) if values else found


def plural(one: str, many: str, number: int, /, **values: object) -> str:
    """Give one of two Dutch texts by a number, in the language that is spoken now; the number stands at `{n}`."""
    return _catalogue(spoken()).ngettext(one, many, number).format(n=number, **values)


def decimal(number: str) -> str:
    """Give a decimal such as `7.5` as the language that is spoken now writes it: with a comma, but in English."""
    return number if spoken() == "en" else number.replace(".", ",")


def later(text: str) -> str:
    """Mark a text that is written down here, and said elsewhere by `say`."""
    return text


def in_template(text: str) -> str:
    """Give a text for a template, which fills its `%(names)s` in by itself."""
    return _catalogue(spoken()).gettext(text)


def number_in_template(one: str, many: str, number: int) -> str:
    """Give one of two texts for a template by a number."""
    return _catalogue(spoken()).ngettext(one, many, number)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == SOURCE:
        return NullTranslations()
    merged = Translations()
    for folder in _folders:
        for file in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
            compiled = BytesIO()
            with file.open("rb") as source:
                write_mo(compiled, read_po(source, locale=language))
            compiled.seek(0)
            merged.add(Translations(compiled), merge=True)
    return merged
