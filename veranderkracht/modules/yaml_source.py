"""YAML with a memory for lines: plain values, and for each of them where in the file it stands.

Reads the safe core of YAML 1.2: text, whole numbers, exact decimals, true/false and null; `on`, `no` and `2026-11-01`
are text. Tags, anchors and duplicate keys are faults. What the values mean is for the models.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from yaml.composer import Composer, ComposerError
from yaml.error import Mark, MarkedYAMLError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from veranderkracht.errors import ContentError, Fault

Path = tuple[str | int, ...]
Value = None | bool | int | Decimal | str | list["Value"] | dict[str, "Value"]

MAX_DEPTH = 30

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}\.[0-9]{0,18})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}

# What PyYAML says most often, for whoever does not read its English.
_COMPLAINTS = (
    ("mapping values are not allowed", "een dubbelpunt waar er geen kan staan; zet de tekst tussen aanhalingstekens"),
    ("'\\t' that cannot start", "een tab; spring in met spaties"),
    ("could not find expected ':'", "een sleutel zonder dubbelpunt"),
    ("found unexpected end of stream", "aanhalingstekens die niet gesloten worden"),
    ("expected <block end>", "een regel die anders begint of is ingesprongen dan haar buren"),
    ("expected ',' or", "een lijst tussen haakjes die niet gesloten is"),
    ("that cannot start any token", "een tekst die met een leesteken begint; zet ze tussen aanhalingstekens"),
    ("expected a single document", "een tweede document (---); er past er één in een bestand"),
    ("found unknown escape character", "een backslash tussen dubbele aanhalingstekens; gebruik enkele"),
)


@dataclass(frozen=True)
class YamlSource:
    """A YAML file that was read.

    Args:
        file: the name that faults carry.
        text: the file as it stands.
        value: what it says, in plain Python.
        faults: duplicate keys and the like, which did not stop the reading.
    """

    file: str
    text: str
    value: Value
    faults: tuple[Fault, ...]
    _spans: dict[Path, tuple[Mark, Mark]] = field(repr=False)

    def line(self, path: Path) -> int:
        """Give the line, from 1, of the key or item at `path`, or else of the nearest thing around it."""
        return self._span(path)[0].line + 1

    def line_of(self, path: Path, snippet: str, occurrence: int = 0) -> int:
        """Give the line of the n-th occurrence of a snippet in the text at `path`; without it, the line of `path`."""
        start, end = self._span(path)
        position = start.index
        for _ in range(occurrence + 1):
            found = self.text.find(snippet, position, end.index) if snippet else -1
            if found < 0:
                return start.line + 1
            position = found + len(snippet)
        return start.line + 1 + self.text.count("\n", start.index, found)

    def fault(self, path: Path, reason: str) -> Fault:
        """Give a fault at the line of `path`."""
        return Fault(self.file, self.line(path), reason)

    def _span(self, path: Path) -> tuple[Mark, Mark]:
        while path not in self._spans:
            path = path[:-1]
        return self._spans[path]


def parse(data: bytes, file: str) -> YamlSource:
    """Read YAML.

    Args:
        data: the bytes of the file, in UTF-8.
        file: the name that faults carry.

    Raises:
        ContentError: it is not UTF-8, not YAML, or uses what we do not read (tags, anchors, very deep nesting).
    """
    text = decode(data, file)
    try:
        node = _Loader(text).get_single_node()
    except MarkedYAMLError as error:
        # What was never closed is told where it opens; its problem shows only at the end of the file.
        unclosed = "unexpected end of stream" in str(error.problem) or "expected ',' or" in str(error.problem)
        mark = (error.context_mark if unclosed else error.problem_mark) or error.problem_mark
        raise ContentError([Fault(file, mark.line + 1 if mark else 1, _complaint(error))]) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ContentError([Fault(file, line, "onzichtbaar teken gevonden dat hier niet mag; haal het weg")]) from error
    if node is None:
        raise ContentError([Fault(file, 1, "leeg bestand; verwacht sleutels en waarden in YAML")])
    reading = _Reading(file)
    value = reading.value(node, ())
    return YamlSource(file, text, value, tuple(reading.faults), reading.spans)


def decode(data: bytes, file: str) -> str:
    """Give the text of a file, with `\\n` at the end of each line.

    Raises:
        ContentError: it is not UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError(
            [Fault(file, line, "teken gevonden dat geen UTF-8 is; bewaar het bestand als UTF-8")]
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Refused(ComposerError):
    """Valid YAML that we do not read; its problem is in Dutch already."""


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """Composes nodes with their marks; constructs no objects, so that nothing in a file can run."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(None, None, "verwijzing (& of *) gevonden; schrijf de waarde voluit", event.start_mark)
        if getattr(event, "tag", None):
            raise _Refused(None, None, f"label {event.tag} gevonden; verwacht een gewone waarde", event.start_mark)
        if self._depth > MAX_DEPTH:
            raise _Refused(None, None, f"meer dan {MAX_DEPTH} niveaus diep genest", event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


class _Reading:
    """One walk over the nodes: collects values, where they stand, and what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.spans: dict[Path, tuple[Mark, Mark]] = {}
        self.faults: list[Fault] = []

    def value(self, node: Node, path: Path, key: Node | None = None) -> Value:
        self.spans[path] = ((key or node).start_mark, node.end_mark)
        if isinstance(node, ScalarNode):
            if _SURROGATE.search(node.value):
                self.faults.append(
                    Fault(self.file, node.start_mark.line + 1, "half teken (\\ud…) gevonden; schrijf het teken zelf")
                )
                return "?"
            return _scalar(node)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(cast(MappingNode, node), path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or _SURROGATE.search(key.value):
                self.faults.append(Fault(self.file, line, "vreemde sleutel gevonden; verwacht wordt een woord"))
            elif key.value in mapping:
                first = self.spans[(*path, key.value)][0].line + 1
                self.faults.append(
                    Fault(
                        self.file,
                        line,
                        f"sleutel {key.value!r} staat er een tweede keer; de eerste staat op regel {first}",
                    )
                )
            else:
                mapping[key.value] = self.value(item, (*path, key.value), key)
        return mapping


def _scalar(node: ScalarNode) -> Value:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def _complaint(error: MarkedYAMLError) -> str:
    said = " ".join(part for part in (error.context, error.problem) if part)
    if isinstance(error, _Refused):
        return said
    known = next((dutch for english, dutch in _COMPLAINTS if english in said), None)
    return f"geen geldige YAML; gevonden: {known or said}"
