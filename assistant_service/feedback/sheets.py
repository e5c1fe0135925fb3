"""A worksheet as a reader gets it: a text of titles, labels and values line by line, and what of it the writer wrote.

The assignment that the host signed says which lines are the sheet's own. What is made of the writer's is not known
here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from veranderkracht.activities.assignment import Snapshot
from veranderkracht.errors import BadInput
from veranderkracht.languages import say
from veranderkracht.toolkit import worksheets
from veranderkracht.toolkit.model import LineField, SheetPart, TextField, WorksheetTool


@dataclass(frozen=True)
class Entry:
    """What stands in one field.

    Args:
        name: `part.field`; empty for what stands before any label.
        label: of the field.
        start: where the value begins in the text; `text` is literally there.
        text: the value.
        typed: whether the writer typed it; a choice or a point on a scale is in the sheet's words.
    """

    name: str
    label: str
    start: int
    text: str
    typed: bool


def as_text(snapshot: Snapshot, parts: object) -> str:
    """Give a filled-in worksheet as one text.

    Args:
        snapshot: the assignment, with the sheet as the learner saw it.
        parts: `{part: {field: value}}`, a list as rows; as a page sends it.

    Raises:
        BadInput: the step is no worksheet, or it has no such field (`field-unknown`), or a value does not fit.
        Rejected: a value is too long.
    """
    if not isinstance(snapshot.tool, WorksheetTool):
        raise BadInput(say("Deze stap is geen werkblad. Stuur een tekst."))
    said = worksheets.read(snapshot.tool, worksheets.check_filled(snapshot.tool, parts))
    return "\n\n".join("\n".join([one.title, *(f"{label}\n{value}" for label, value in one.fields)]) for one in said)


def entries(text: str, tool: WorksheetTool) -> tuple[Entry, ...]:
    """Give what stands in the fields of a sheet that was made a text, also after numbers were taken out of it."""
    return tuple(one for one in _entries(text, tool) if one.text.strip())


def own_entries(text: str, snapshot: Snapshot) -> tuple[Entry, ...]:
    """Give what the writer wrote: the fields that they typed in, or the whole of a text that is no worksheet."""
    if not isinstance(snapshot.tool, WorksheetTool):
        return (Entry("", "", 0, text, typed=True),)
    return tuple(one for one in entries(text, snapshot.tool) if one.typed)


def own_text(text: str, snapshot: Snapshot) -> str:
    """Give the writer's own words, one field after the other."""
    return "\n".join(one.text for one in own_entries(text, snapshot))


def strings_in(value: object) -> Iterator[str]:
    """Give every text in a value that came over the wire, whatever its form."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def _entries(text: str, tool: WorksheetTool) -> Iterator[Entry]:
    part: SheetPart | None = None
    name, label, typed, start = "", "", True, 0
    place = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        begun = next((one for one in tool.parts if _opens(one, words)), None)
        field = next((one for one in part.fields if one.label == words), None) if part and not begun else None
        if begun or (part and field):
            yield Entry(name, label, start, text[start:place].rstrip(), typed)
            part = begun or part
            start = place + len(line)
            name = f"{part.id}.{field.id}" if part and field else ""
            label, typed = (field.label, isinstance(field, (LineField, TextField))) if field else ("", True)
        place += len(line)
    yield Entry(name, label, start, text[start:].rstrip(), typed)


def _opens(part: SheetPart, line: str) -> bool:
    if part.layout == "list":
        return re.fullmatch(re.escape(f"{part.title} · {part.row} ") + r"\d+", line) is not None
    return line == part.title
