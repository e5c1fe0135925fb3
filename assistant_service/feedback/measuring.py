"""How well the guide reads: its quotes and its silence against texts that people labelled by hand.

What the labels mean, and how to count, is told where they lie (tests/assistant_service/reflections/README.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant_service.feedback.guide import give
from assistant_service.feedback.messages import CriterionFeedback
from assistant_service.feedback.reading import LONGEST_QUOTE
from veranderkracht.activities.assignment import Snapshot

_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Labelled:
    """A text with, per criterion, the passages in which it shows; none where it does not."""

    id: str
    kind: str
    half: str
    text: str
    labels: dict[str, tuple[str, ...]]
    borderline: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """How one criterion of one text came out.

    Args:
        showing: whether it shows by the labels; None where a milder teacher could say so.
        right: a labelled passage was quoted, or nothing was where nothing shows.
    """

    text: Labelled
    criterion: str
    showing: bool | None
    right: bool


@dataclass(frozen=True)
class Figures:
    """Counts over verdicts; shares are from 0 to 1, and 1 where there is nothing to count."""

    showing: int
    quoted_well: int
    empty: int
    rightly_silent: int

    @property
    def quoted(self) -> float:
        """The share of criteria that show of which a labelled passage was quoted."""
        return self.quoted_well / self.showing if self.showing else 1.0

    @property
    def false_alarms(self) -> float:
        """The share of criteria that do not show that were said to."""
        return 1 - self.rightly_silent / self.empty if self.empty else 0.0


def read_labelled(folder: Path) -> list[Labelled]:
    """Give the labelled texts of a folder, in order of id."""
    return [_read(file) for file in sorted(folder.glob("*.yaml"))]


def measure(texts: Iterable[Labelled], snapshot: Snapshot) -> list[Verdict]:
    """Let the guide read texts, and judge what it says by their labels."""
    return [verdict for text in texts for verdict in _judge(text, give(text.text, snapshot))]


def count(verdicts: Sequence[Verdict]) -> Figures:
    """Count verdicts; borderline criteria are left out."""
    showing = [one for one in verdicts if one.showing]
    empty = [one for one in verdicts if one.showing is False]
    return Figures(len(showing), sum(one.right for one in showing), len(empty), sum(one.right for one in empty))


def is_quoted_well(quote: str | None, passages: Sequence[str]) -> bool:
    """Tell whether a quote holds a labelled passage or lies within one, without quoting everything."""
    quoted = " ".join((quote or "").split())
    labelled = [" ".join(passage.split()) for passage in passages]
    if len(quoted.split()) < _FEWEST_WORDS or (len(quoted) > LONGEST_QUOTE and quoted not in labelled):
        return False
    return any(passage in quoted or quoted in passage for passage in labelled)


def _judge(text: Labelled, criteria: Sequence[CriterionFeedback]) -> Iterable[Verdict]:
    for one in criteria:
        passages = text.labels[one.criterion]
        if passages:
            yield Verdict(text, one.criterion, True, one.visible and is_quoted_well(one.quote, passages))
        else:
            yield Verdict(text, one.criterion, None if one.criterion in text.borderline else False, not one.visible)


def _read(file: Path) -> Labelled:
    raw: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Labelled(
        id=raw["id"],
        kind=raw["class"],
        half=raw["half"],
        text=raw["text"],
        labels={criterion: tuple(passages or ()) for criterion, passages in raw["labels"].items()},
        borderline=frozenset(raw.get("borderline", ())),
    )
