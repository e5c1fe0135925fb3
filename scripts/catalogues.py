"""Bring the catalogues up to date with the texts in the code: `python scripts/catalogues.py`.

Owns `<room>/locale/<language>/LC_MESSAGES/*.po` as far as their Dutch texts go, and what browsers get of them in
`veranderkracht/web/static/languages/`. A new text comes in without translation; a text that is gone, goes. The tests
fail until each has one. Writes nothing that depends on the moment, so that twice gives the same.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from veranderkracht.languages import TRANSLATED

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "veranderkracht" / "web" / "static"
IN_PYTHON = {"say": None, "later": None, "plural": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"**.js": {"parse_template_string": True}}
IN_BROWSER = {"say": None, "later": None, "plural": (1, 2)}
DATED = tuple(
    f'"{name}:'
    for name in (
        *("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team"),
        *("Report-Msgid-Bugs-To", "Generated-By", "Project-Id-Version"),
    )
)
HEADER = "# What {name} says, in another language than Dutch. Kept up to date by scripts/catalogues.py."
SCRIPT = "/** What pages say in another language than Dutch: made of browser.po by scripts/catalogues.py. */\n\n"


@dataclass(frozen=True)
class Domain:
    """The texts of one catalogue.

    Args:
        name: of the file.
        folder: with a folder per language.
        sources: folders to look in.
        methods: which files, and how to read them.
    """

    name: str
    folder: Path
    sources: tuple[Path, ...]
    methods: tuple[tuple[str, str], ...] = (("**.py", "python"), ("**.html", "jinja2"))
    keywords: tuple[str, ...] = tuple(IN_PYTHON)

    def file(self, language: str) -> Path:
        """Where the catalogue of a language lies."""
        return self.folder / language / "LC_MESSAGES" / f"{self.name}.po"


def _room(name: str) -> Domain:
    return Domain(name, ROOT / name / "locale", (ROOT / name,))


BROWSER = Domain(
    "browser",
    ROOT / "veranderkracht" / "locale",
    (STATIC, ROOT / "lti_tool" / "static", ROOT / "assistant_service" / "static", ROOT / "xblocks" / "public"),
    (("vendor/**", "ignore"), ("language.js", "ignore"), ("languages/**", "ignore"), ("**.js", "javascript")),
    tuple(IN_BROWSER),
)
DOMAINS = (*map(_room, ("veranderkracht", "xblocks", "lti_tool", "assistant_service")), BROWSER)


def texts(domain: Domain) -> Catalog:
    """Give the texts of the code, without translation."""
    template = Catalog()
    keywords = {name: IN_PYTHON[name] for name in domain.keywords}
    for source in domain.sources:
        found = extract_from_dir(source, list(domain.methods), OPTIONS, keywords=keywords)
        for file, _, text, comments, context in found:
            place = (source / file).relative_to(ROOT).as_posix()
            template.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
    return template


def updated(domain: Domain, language: str) -> Catalog:
    """Give a catalogue with exactly the texts of the code, and the translations that there were."""
    file = domain.file(language)
    known = read_po(BytesIO(file.read_bytes()), locale=language) if file.exists() else Catalog(locale=language)
    fresh = Catalog(locale=language, header_comment=HEADER.format(name=domain.name), fuzzy=False)
    for message in texts(domain):
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        kept = old.string if old is not None and isinstance(old.id, type(message.id)) else ""
        fresh.add(message.id, kept or ("" if isinstance(message.id, str) else ("", "")), message.locations)
    return fresh


def written(catalogue: Catalog) -> bytes:
    """Give the text of a catalogue's file, without what changes with the moment."""
    out = BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = out.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(DATED)).encode()


def script(catalogue: Catalog) -> str:
    """Give the module that browsers get: of two forms of a text, the second stands under the second."""
    pairs = dict(sorted(pair for message in catalogue if message.id for pair in _pairs(message)))
    return f"{SCRIPT}export default {json.dumps(pairs, ensure_ascii=False, indent=2)};\n"


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    yield from zip(_forms(message.id), _forms(message.string), strict=True)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def files() -> Iterator[tuple[Path, bytes]]:
    """Give each file as it should be."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            catalogue = updated(domain, language)
            yield domain.file(language), written(catalogue)
            if domain is BROWSER:
                yield STATIC / "languages" / f"{language}.js", script(catalogue).encode()


def main() -> None:
    """Write what differs, and say how many texts wait for a translation."""
    for file, content in files():
        if not file.exists() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            print(file.relative_to(ROOT))
    for language in TRANSLATED:
        messages = [message for domain in DOMAINS for message in updated(domain, language) if message.id]
        waiting = sum(not all(_forms(each.string)) for each in messages)
        print(f"{language}: {waiting} of {len(messages)} without translation")


if __name__ == "__main__":
    main()
