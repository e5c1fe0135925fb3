"""What somebody may fill in on a worksheet, when it is finished, and how it reads as plain text.

A filled-in sheet is `{part: {field: value}}`, and for a list `{part: [{field: value}, …]}`. Empty values are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from veranderkracht.errors import BadInput, Rejected
from veranderkracht.languages import decimal, say
from veranderkracht.toolkit.model import (
    MAX_LINE,
    MAX_TEXT,
    AnyField,
    ChoiceField,
    DateField,
    LineField,
    NumberField,
    ScaleField,
    SheetPart,
    TextField,
    WorksheetTool,
)

Row = dict[str, Any]
Filled = dict[str, Row | list[Row]]


def check_filled(tool: WorksheetTool, filled: object) -> Filled:
    """Give what was filled in, without what is empty; unfinished is fine.

    Raises:
        BadInput: `field-unknown`, or a value that the field cannot hold (`value-invalid`).
        Rejected: a text or a list that is too long.
    """
    given = _mapping(filled, [part.id for part in tool.parts])
    checked: Filled = {}
    for part in tool.parts:
        value = given.get(part.id)
        if part.layout == "list":
            rows = [_row(part, each) for each in _list(part, value)]
            while rows and not rows[-1]:
                rows.pop()
            if rows:
                checked[part.id] = rows
        elif row := _row(part, value if value is not None else {}):
            checked[part.id] = row
    return checked


def missing(tool: WorksheetTool, filled: Filled) -> list[str]:
    """Give what has yet to be filled in before the sheet is finished, as `part.field`, `part.row.field` or `part`."""
    found: list[str] = []
    for part in tool.parts:
        value = filled.get(part.id)
        if isinstance(value, list) or part.layout == "list":
            rows = value if isinstance(value, list) else []
            if sum(1 for row in rows if row) < part.min_rows:
                found.append(part.id)
            # An empty row in between is somebody's white space, not a row that lacks something.
            found += [f"{part.id}.{place}.{name}" for place, row in enumerate(rows) if row for name in _open(part, row)]
        else:
            found += [f"{part.id}.{name}" for name in _open(part, value or {})]
    return found


@dataclass(frozen=True)
class Said:
    """A part, or a row of a list, as it is read: its title, and label and value of each field that says something."""

    title: str
    fields: tuple[tuple[str, str], ...]


def read(tool: WorksheetTool, filled: Filled) -> list[Said]:
    """Give a filled-in sheet in the words that people read; empty rows are left out."""
    return [
        Said(
            f"{part.title} · {part.row} {place + 1}" if part.layout == "list" else part.title,
            tuple((field.label, shown(field, row[field.id])) for field in part.fields if field.id in row),
        )
        for part in tool.parts
        for place, row in enumerate(_rows(filled.get(part.id)))
        if row
    ]


def as_text(tool: WorksheetTool, filled: Filled) -> str:
    """Give a filled-in sheet as plain text, as the assistant and an export see it."""
    return "\n\n".join(
        "\n".join([said.title, *(f"{label} {value}" for label, value in said.fields)]) for said in read(tool, filled)
    )


def _rows(value: Row | list[Row] | None) -> list[Row]:
    return value if isinstance(value, list) else [value] if value else []


def shown(field: AnyField, value: Any) -> str:
    """Give a value as people read it: the words of a choice, a number with its unit."""
    match field:
        case ChoiceField():
            chosen = value if isinstance(value, list) else [value]
            return "; ".join(option.text for option in field.options if option.id in chosen)
        case NumberField():
            return f"{value} {field.unit}".replace(".", ",") if field.unit else str(value).replace(".", ",")
        case ScaleField():
            return f"{value} van {field.scale.points}"
    return str(value)


def _row(part: SheetPart, value: object) -> Row:
    given = _mapping(value, [field.id for field in part.fields])
    checked = {}
    for field in part.fields:
        said = given.get(field.id)
        if said in (None, "", []):
            continue
        checked[field.id] = _CHECKS[type(field)](field, said)
    return checked


def _open(part: SheetPart, row: Row) -> list[str]:
    return [field.id for field in part.fields if field.required and not str(row.get(field.id, "")).strip()]


def _mapping(value: object, known: list[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(say("Wat je invulde, kwam niet goed aan. Probeer het opnieuw."))
    if strangers := sorted(str(name) for name in value if name not in known):
        raise BadInput(
            say(
                "Dit werkblad heeft geen vak {name} meer. Laad de pagina opnieuw; kopieer eerst wat je schreef.",
                name=repr(strangers[0]),
            ),
            code="field-unknown",
        )
    return value


def _list(part: SheetPart, value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadInput(say("Wat je invulde, kwam niet goed aan. Probeer het opnieuw."))
    if len(value) > part.max_rows:
        raise Rejected(
            say("Bij '{title}' passen hoogstens {most} rijen.", title=part.title, most=part.max_rows), code="too-long"
        )
    return value


def _wrong(field: AnyField, wanted: str) -> BadInput:
    return BadInput(
        say("Bij '{label}' verwachten we {wanted}.", label=field.label, wanted=wanted), code="value-invalid"
    )


def _line(field: LineField, value: object) -> str:
    if not isinstance(value, str) or "\n" in value:
        raise _wrong(field, say("één regel tekst"))
    return _short(field, value, MAX_LINE)


def _text(field: TextField, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(field, say("een tekst"))
    return _short(field, value, MAX_TEXT)


def _short(field: AnyField, value: str, limit: int) -> str:
    if len(value) > limit:
        raise Rejected(
            say(
                "Bij '{label}' staan {number} tekens; er passen er {limit}. Kort het wat in.",
                label=field.label,
                number=len(value),
                limit=limit,
            ),
            code="too-long",
        )
    return value


def _number(field: NumberField, value: object) -> str:
    wanted = say(
        "een getal van {least} tot {most}", least=decimal(str(field.minimum)), most=decimal(str(field.maximum))
    )
    if isinstance(value, bool) or not isinstance(value, (int, str)) or len(str(value)) > 20:
        raise _wrong(field, wanted)
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation as fault:
        raise _wrong(field, wanted) from fault
    if not number.is_finite() or not field.minimum <= number <= field.maximum:
        raise _wrong(field, wanted)
    return format(number.normalize(), "f")


def _date(field: DateField, value: object) -> str:
    # `fromisoformat` also takes weeks and days without dashes; a browser's date field gives one form only.
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise _wrong(field, say("een datum"))
    return value


def _choice(field: ChoiceField, value: object) -> str | list[str]:
    chosen = value if isinstance(value, list) else [value]
    known = [option.id for option in field.options]
    if not all(each in known for each in chosen) or (len(chosen) > 1 and not field.multiple):
        raise _wrong(
            field,
            say("een of meer van de keuzes die er staan") if field.multiple else say("één van de keuzes die er staan"),
        )
    ordered = [each for each in known if each in chosen]
    return ordered if field.multiple else ordered[0]


def _scale(field: ScaleField, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= field.scale.points:
        raise _wrong(field, say("een punt van 1 tot {most}", most=field.scale.points))
    return value


_CHECKS: dict[type, Callable[[Any, object], Any]] = {
    LineField: _line,
    TextField: _text,
    NumberField: _number,
    DateField: _date,
    ChoiceField: _choice,
    ScaleField: _scale,
}
