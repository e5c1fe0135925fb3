"""Documents from files and folders: modules by the core's loader, Markdown with or without front matter, plain text.

Takes any folder, also one that was not made for us: what cannot be read is named and passed over.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from veranderkracht.errors import ContentError
from veranderkracht.knowledge.loader import FENCE, THESAURUS_FILE, load_thesaurus
from veranderkracht.modules.figures import in_words
from veranderkracht.modules.loader import MODULE_FILE, load_module
from veranderkracht.modules.model import Case, Reading
from veranderkracht.modules.route import ROUTE_FILE

LARGEST = 5_000_000  # bytes of one file
TEXT = "text"
THESAURUS = "thesaurus"
TOOLKIT = "toolkit"
_SUFFIXES = (".md", ".markdown", ".txt")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A text of a tenant's knowledge.

    Args:
        path: where in its root it was read; a part of a module adds `#` and the step.
        kind: TEXT, or THESAURUS for groups of words (JSON in `body`).
        title: for people.
        url: of the source, or our own name for the document.
        body: Markdown or plain text.
        modules: slugs of the modules that it belongs to.
        valid_until: the last day that it may be shown, or None.
    """

    path: str
    kind: str
    title: str
    url: str
    body: str
    modules: tuple[str, ...] = ()
    valid_until: date | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of all that a reader would notice, in hexadecimal."""
        told = (self.kind, self.title, self.url, self.body, self.modules, self.valid_until)
        return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


@dataclass
class Collected:
    """What a root holds.

    Args:
        documents: what could be read.
        skipped: path and Dutch reason of what is of no use to us.
        broken: path and Dutch reason of what should be readable and is not; what was known of it stays.
    """

    documents: list[Document] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)


class _Unusable(Exception):
    pass


class _Broken(Exception):
    pass


def collect(root: Path, progress: Callable[[int], None] | None = None) -> Collected:
    """Read a file, or a folder with all that is below it.

    Args:
        root: an existing file or folder.
        progress: told how many documents were read so far.
    """
    collected = Collected()
    modules: list[Path] = []
    for file in _files(root):
        name = file.relative_to(root).as_posix() if file != root else file.name
        if file.name == MODULE_FILE:
            modules.append(file.parent)
        elif any(folder in file.parents for folder in modules):
            continue  # the steps of a module name the files that count
        try:
            collected.documents += _read(file, name, root)
        except _Unusable as fault:
            collected.skipped.append((name, str(fault)))
        except _Broken as fault:
            collected.broken.append((name, str(fault)))
        except ContentError as fault:
            collected.broken.append((name, fault.detail))
        if progress is not None:
            progress(len(collected.documents))
    return collected


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        # A module is known by its module.yaml before any of its texts comes by.
        for name in sorted(files, key=lambda name: (name != MODULE_FILE, name)):
            if not name.startswith("."):
                yield Path(folder, name)


def _read(file: Path, name: str, root: Path) -> list[Document]:
    if file.name == MODULE_FILE:
        return _module(file.parent, name)
    if file.name == THESAURUS_FILE:
        groups = load_thesaurus(file)
        return [Document(name, THESAURUS, "Thesaurus", "", json.dumps(groups, ensure_ascii=False))]
    if file.name == ROUTE_FILE or (file.suffix == ".yaml" and file.parent.name == TOOLKIT):
        return []  # the route's goals stand in the modules; worksheets are for filling in, not for quoting
    if file.suffix.lower() not in _SUFFIXES:
        kind = file.suffix or file.name
        raise _Unusable(f"de soort {kind!r} lezen we niet; wel .md, .txt en module.yaml")
    return [_text(_decoded(file), file, name, root)]


def _module(folder: Path, name: str) -> list[Document]:
    module = load_module(folder, None)
    return [
        Document(
            path=f"{name}#{step.id}",
            kind=TEXT,
            title=f"{module.title}: {step.title}",
            url=f"veranderkracht:module/{module.slug}/{step.id}",
            body=in_words(_decoded(folder / step.file)),
            modules=(module.slug,),
        )
        for step in module.steps
        # What a case reveals after a choice is not for searching.
        if isinstance(step, (Reading, Case))
    ]


def _decoded(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise _Unusable(f"groter dan {LARGEST // 1_000_000} MB")
        raw = file.read_bytes()
    except OSError as fault:
        raise _Broken(f"niet te lezen ({fault.strerror})") from fault
    if b"\x00" in raw:
        raise _Unusable("geen tekst")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _text(text: str, file: Path, name: str, root: Path) -> Document:
    matter, body = _front_matter(text)
    if not body.strip():
        raise _Unusable("leeg")
    source = matter.get("source")
    told = source if isinstance(source, dict) else {}
    slug = matter.get("slug")
    own = f"veranderkracht:kennis/{slug}" if isinstance(slug, str) else f"{root.name}/{name}" if root.is_dir() else name
    modules = matter.get("modules")
    until = matter.get("valid_until")
    return Document(
        path=name,
        kind=TEXT,
        title=str(matter.get("title") or _title(body, file))[:500],
        url=str(told.get("url") or matter.get("url") or own)[:2000],
        body=body,
        modules=tuple(str(module) for module in modules) if isinstance(modules, list) else (),
        valid_until=until if isinstance(until, date) else None,
    )


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != FENCE:
        return {}, text
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        return {}, text  # a rule at the head of a plain text
    try:
        matter = yaml.safe_load("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError) as fault:
        raise _Broken("de gegevens tussen de regels --- bovenaan zijn geen YAML") from fault
    return (matter, "\n".join(lines[end + 1 :])) if isinstance(matter, dict) else ({}, text)


def _title(body: str, file: Path) -> str:
    if heading := _HEADING.search(body):
        return heading.group(1).strip()
    first = next((line.strip() for line in body.splitlines() if any(map(str.isalnum, line))), "")
    if first and len(first) <= 100 and not first.endswith((".", ",", ";")):
        return first
    return file.stem.replace("-", " ").replace("_", " ").strip().capitalize()
