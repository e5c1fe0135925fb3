"""What the models refuse, said so that an author can mend it: where it stands, what was found, what was expected.

Turns pydantic's errors into faults with a line and a Dutch reason. Faults that pydantic cannot know are the loaders'.
"""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from veranderkracht.errors import Fault
from veranderkracht.modules.yaml_source import Path, Value, YamlSource

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], source: YamlSource, references: Iterable[Fault]) -> tuple[Model | None, list[Fault]]:
    """Give the model of what a file says, or None, and every fault in it.

    Args:
        model: what the file should hold.
        source: the file.
        references: ids in it that fit with nothing, as the loader found them. The model finds some of these too, but
            only once all else is right, and without a line; its word counts when nobody else has spoken.
    """
    told = [*repeated_ids(source), *references]
    faults = [*source.faults, *told]
    try:
        # JSON in strict mode: a list may become a tuple, but true is no number and "8" is no 8.
        return model.model_validate_json(json.dumps(source.value, default=str), strict=True), faults
    except ValidationError as error:
        details = error.errors(include_url=False)
    return None, faults + [_fault(model, source, each) for each in details if not _echo(each, bool(told))]


def _echo(detail: ErrorDetails, told: bool) -> bool:
    """Tell whether an error only repeats others: a list that is called too short because its items are wrong."""
    if detail["type"] == "too_short":
        given = detail["input"]
        return isinstance(given, list) and len(given) >= detail["ctx"]["min_length"]
    return detail["type"] == "reference" and told


def repeated_ids(source: YamlSource) -> list[Fault]:
    """Name every `id` that stands more than once in one list."""
    faults: list[Fault] = []
    for path, value in walk(source.value):
        if isinstance(value, list):
            first: dict[str, Path] = {}
            for index, item in enumerate(value):
                name = item.get("id") if isinstance(item, dict) else None
                if isinstance(name, str):
                    here = (*path, index, "id")
                    if name in first:
                        line = source.line(first[name])
                        faults.append(source.fault(here, f"id {name!r} bestaat al op regel {line}; kies een ander"))
                    first.setdefault(name, here)
    return faults


def walk(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Give every value with its path, from the outside in."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def found(value: Value) -> str:
    """Describe a value the way its author would."""
    if value is None:
        return "niets"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return f"het getal {value}"
    if isinstance(value, str):
        shown = " ".join(value.split())
        return f"de tekst {shown!r}" if len(shown) <= 50 else f"de tekst {shown[:47] + '…'!r}"
    if isinstance(value, list):
        return f"een lijst van {len(value)}" if value else "een lege lijst"
    return "een blok met sleutels"


def _fault(model: type[BaseModel], source: YamlSource, detail: ErrorDetails) -> Fault:
    path, value = _locate(source.value, detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    missing = kind == "missing"
    name = str(detail["loc"][-1]) if missing else _name(path)
    if kind == "extra_forbidden":
        return source.fault(path, _unknown_key(str(path[-1]), _fields(model, detail["loc"])))
    if missing:
        return source.fault(path, f"{name!r} ontbreekt{_in(path)}; verwacht wordt {name}: …")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _kind_fault(source, path, value, model)
    if kind in ("value_error", "reference"):
        reason = str(context.get("error", context.get("reason")))
        return source.fault(path, f"{reason}{_in(path)}")
    describe = _EXPECTED.get(kind)
    expected = describe(context) if describe else f"iets anders ({detail['msg']})"
    return source.fault(path, f"{name}: {found(value)} gevonden, verwacht wordt {expected}")


def _kind_fault(source: YamlSource, path: Path, value: Value, model: type[BaseModel]) -> Fault:
    known = _kinds(model, path)
    listed = ", ".join(known)
    if isinstance(value, dict) and "kind" in value:
        given = value["kind"]
        shown = given if isinstance(given, str) else found(given)
        reason = f"onbekende soort {shown!r}{_near(str(given), known)}; bekend zijn {listed}"
        return source.fault((*path, "kind"), reason)
    if isinstance(value, dict):
        return source.fault(path, f"'kind' ontbreekt{_in(path)}; verwacht wordt een van {listed}")
    return source.fault(path, f"{_name(path)}: {found(value)} gevonden, verwacht wordt een blok met id en kind")


def _kinds(model: type[BaseModel], path: Path) -> list[str]:
    """Give the kinds that are known at a path, in the order of the model."""
    models = [model]
    for part in path:
        if isinstance(part, str):
            models = [
                inner
                for each in models
                if part in each.model_fields
                for inner in _models(each.model_fields[part].annotation)
            ]
    return [kind for each in models for kind in _kind_of(each)]


def _kind_of(model: type[BaseModel]) -> tuple[str, ...]:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation) if kind else ()


def _locate(value: Value, loc: tuple[int | str, ...]) -> tuple[Path, Value]:
    """Follow pydantic's location as far as the file goes; it has the kind of a step in it, which the file has not."""
    path: Path = ()
    for part in loc:
        inside: dict[Any, Value] = dict(enumerate(value)) if isinstance(value, list) else {}
        if isinstance(value, dict):
            inside = value
        if part in inside:
            path, value = (*path, part), inside[part]
    return path, value


def _fields(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Give the keys that are known where a location ends."""
    models = [model]
    for part in loc[:-1]:
        if len(models) > 1 and (chosen := [each for each in models if part in _kind_of(each)]):
            models = chosen
        elif isinstance(part, str):
            models = [
                inner
                for each in models
                if part in each.model_fields
                for inner in _models(each.model_fields[part].annotation)
            ]
    return sorted({name for each in models for name in each.model_fields})


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


def _unknown_key(key: str, known: list[str]) -> str:
    return f"onbekende sleutel {key!r}{_near(key, known)}; bekend zijn hier {', '.join(known)}"


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (bedoel je {close[0]!r}?)" if close else ""


def _name(path: Path) -> str:
    words = [part for part in path if isinstance(part, str)]
    name = words[-1] if words else "het bestand"
    return f"nummer {path[-1] + 1} van {name}" if path and isinstance(path[-1], int) else name


def _in(path: Path) -> str:
    return f" in {_name(path)}" if path else ""


_TEXT = "tekst (zet een getal of datum tussen aanhalingstekens)"
_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_type": lambda _: _TEXT,
    "string_too_short": lambda _: "tekst",
    "string_too_long": lambda ctx: f"hoogstens {ctx['max_length']} tekens",
    "string_pattern_mismatch": lambda _: "een naam in kleine letters, cijfers en koppeltekens, zoals samen-kijken",
    "int_type": lambda _: "een geheel getal, zonder aanhalingstekens",
    "int_from_float": lambda _: "een geheel getal",
    "bool_type": lambda _: "true of false",
    "decimal_type": lambda _: "een getal",
    "decimal_parsing": lambda _: "een getal, met een punt voor de decimalen",
    "decimal_max_places": lambda ctx: f"hoogstens {ctx['decimal_places']} cijfers na de punt",
    "decimal_max_digits": lambda ctx: f"hoogstens {ctx['max_digits']} cijfers",
    "decimal_whole_digits": lambda ctx: f"hoogstens {ctx['whole_digits']} cijfers voor de punt",
    "greater_than_equal": lambda ctx: f"minstens {ctx['ge']}",
    "less_than_equal": lambda ctx: f"hoogstens {ctx['le']}",
    "literal_error": lambda ctx: f"een van {ctx['expected'].replace(' or ', ', ')}",
    "too_short": lambda ctx: f"een lijst van minstens {ctx['min_length']}",
    "too_long": lambda ctx: f"een lijst van hoogstens {ctx['max_length']}",
    "tuple_type": lambda _: "een lijst",
    "list_type": lambda _: "een lijst",
    "dict_type": lambda _: "een blok met sleutels",
    "model_type": lambda _: "een blok met sleutels",
    "date_type": lambda _: "een datum zoals 2026-11-01",
    "date_parsing": lambda _: "een datum zoals 2026-11-01",
    "date_from_datetime_parsing": lambda _: "een datum zoals 2026-11-01",
    "date_from_datetime_inexact": lambda _: "een datum zoals 2026-11-01",
    "url_type": lambda _: "een volledig webadres, zoals https://voorbeeld.be",
    "url_parsing": lambda _: "een volledig webadres, zoals https://voorbeeld.be",
    "url_syntax_violation": lambda _: "een volledig webadres, zoals https://voorbeeld.be",
    "url_scheme": lambda _: "een webadres dat met https:// of http:// begint",
    "url_too_long": lambda ctx: f"een webadres van hoogstens {ctx['max_length']} tekens",
}
