"""Where on a worksheet a criterion is to be found: fields by name, per sheet, as `vakken.yaml` has them.

For the guide without a language model, which cannot read a field but can see whether something stands in it.
"""

import functools
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import yaml

from assistant_service.feedback import sentences
from assistant_service.feedback.reading import LONGEST_QUOTE
from assistant_service.feedback.sheets import Entry, entries
from veranderkracht.activities.words import count_words
from veranderkracht.toolkit.model import WorksheetTool

FEWEST_WORDS = 4  # that are more than a keyword
_FILE = files("assistant_service") / "data" / "feedback" / "vakken.yaml"


@dataclass(frozen=True)
class Place:
    """How the place of a criterion stands.

    Args:
        state: what to say of it, as `opmerkingen.yaml` has it.
        label: of the field; empty when there is none.
        words: that stand in it.
        quote: of it, literally; None when it says too little.
    """

    state: Literal["vak-ingevuld", "vak-kort", "vak-leeg", "vak-onbekend"]
    label: str = ""
    words: int = 0
    quote: str | None = None


def look(criterion: str, text: str, tool: WorksheetTool) -> Place:
    """Tell how the fields of a criterion stand; of several, the one that says most.

    Args:
        criterion: its id.
        text: the sheet as a text.
        tool: the sheet.
    """
    named = known().get(tool.slug, {}).get(criterion, ())
    labels = [label for name in named if (label := _label(tool, name))]
    if not labels:
        return Place("vak-onbekend")
    filled = [one for one in entries(text, tool) if one.name in named]
    if not filled:
        return Place("vak-leeg", labels[0])
    best = max(filled, key=lambda one: count_words(one.text))
    words = count_words(best.text)
    if words < FEWEST_WORDS:
        return Place("vak-kort", best.label, words)
    return Place("vak-ingevuld", best.label, words, _quote(best))


@functools.lru_cache(maxsize=1)
def known() -> dict[str, dict[str, tuple[str, ...]]]:
    """Give the fields of every criterion, by the sheet's slug and the criterion's id."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {slug: {id: tuple(names) for id, names in criteria.items()} for slug, criteria in raw.items()}


def _label(tool: WorksheetTool, name: str) -> str:
    part, _, id = name.partition(".")
    fields = (field for one in tool.parts if one.id == part for field in one.fields)
    return next((field.label for field in fields if field.id == id), "")


def _quote(entry: Entry) -> str | None:
    """Give as many whole sentences of a field as fit in a quote."""
    end = 0
    for one in sentences.split(entry.text):
        if one.start + len(one.text) > LONGEST_QUOTE:
            break
        end = one.start + len(one.text)
    if not end:
        return entry.text[:LONGEST_QUOTE].rsplit(None, 1)[0].strip() or None
    return entry.text[:end].strip()
