"""What somebody may answer in a scan, when a round is finished, and what it says: a mean per theme, and advice.

A filled-in round is `{layer?: id, ratings: {item: 1…points | null}}`; null means "I do not know". A theme's mean is
that of its rated items, a reversed item counted from the other end, and shows only when at least half of them were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from veranderkracht.errors import BadInput
from veranderkracht.languages import say
from veranderkracht.toolkit.model import ScanTheme, ScanTool


@dataclass(frozen=True)
class ThemeResult:
    """What a round says of one theme.

    Args:
        theme: its id.
        mean: from 1 to the scale's points, in tenths; None when too little was rated.
        rated: how many items were.
        advice: Markdown, empty without a mean.
    """

    theme: str
    mean: Decimal | None
    rated: int
    advice: str


def check_round(tool: ScanTool, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give a round as it may be kept; unfinished is fine.

    Raises:
        BadInput: `layer-unknown`, `item-unknown`, or a rating that is not on the scale (`value-invalid`).
    """
    checked: dict[str, Any] = {"ratings": _ratings(tool, given.get("ratings", {}))}
    layer = given.get("layer")
    if layer is not None:
        if layer not in [each.id for each in tool.layers]:
            raise BadInput(say("Deze laag staat niet in de scan. Laad de pagina opnieuw."), code="layer-unknown")
        checked["layer"] = layer
    return checked


def missing(tool: ScanTool, given: Mapping[str, Any]) -> list[str]:
    """Give the items without an answer, and `layer` when it has yet to be chosen."""
    ratings = given.get("ratings", {})
    open_items = [item.id for item in tool.items() if item.id not in ratings]
    return ["layer", *open_items] if tool.layers and "layer" not in given else open_items


def results(tool: ScanTool, given: Mapping[str, Any]) -> list[ThemeResult]:
    """Give what a round says, theme by theme; items and themes that the scan no longer has are passed over."""
    return [_result(tool, theme, given.get("ratings", {})) for theme in tool.themes]


def _result(tool: ScanTool, theme: ScanTheme, ratings: Mapping[str, Any]) -> ThemeResult:
    turned = tool.scale.points + 1
    values = [
        turned - ratings[item.id] if item.reverse else ratings[item.id]
        for item in theme.items
        if ratings.get(item.id) is not None
    ]
    if 2 * len(values) < len(theme.items):
        return ThemeResult(theme.id, None, len(values), "")
    exact = Decimal(sum(values)) / len(values)
    advice = next(each.text for each in theme.advice if each.below is None or exact < each.below)
    return ThemeResult(theme.id, exact.quantize(Decimal("0.1"), ROUND_HALF_UP), len(values), advice)


def _ratings(tool: ScanTool, given: object) -> dict[str, int | None]:
    if not isinstance(given, Mapping):
        raise BadInput(say("Je antwoorden kwamen niet goed aan. Probeer het opnieuw."))
    known = [item.id for item in tool.items()]
    for name, value in given.items():
        if name not in known:
            raise BadInput(
                say("Deze stelling staat niet meer in de scan. Laad de pagina opnieuw."), code="item-unknown"
            )
        on_scale = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= tool.scale.points
        if value is not None and not on_scale:
            raise BadInput(say("Dit antwoord past niet op de schaal. Laad de pagina opnieuw."), code="value-invalid")
    return {name: given[name] for name in known if name in given}
