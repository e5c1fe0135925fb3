"""The thirty hand-labelled reflections, as values.

Owns reading `reflections/*.yaml`; what the labels mean and who may tune on which half is told in the README there.
How well the guide does on them is measured elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "reflections"


@dataclass(frozen=True)
class LabelledReflection:
    """One text with, per criterion, the passages in which it shows; an empty tuple means that it does not show.

    `borderline` holds passages for criteria that do not show by our rules but that a milder teacher could point at.
    """

    id: str
    kind: str
    half: str
    text: str
    labels: dict[str, tuple[str, ...]]
    borderline: dict[str, tuple[str, ...]]


def read_reflection(path: Path) -> LabelledReflection:
    """Gives the reflection in this file. Raises KeyError for a missing key, ValueError for an unknown one."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(raw) - {"id", "class", "half", "text", "labels", "borderline"}
    if unknown:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    return LabelledReflection(
        id=raw["id"],
        kind=raw["class"],
        half=raw["half"],
        text=raw["text"],
        labels={criterion: tuple(passages or ()) for criterion, passages in raw["labels"].items()},
        borderline={criterion: tuple(passages) for criterion, passages in raw.get("borderline", {}).items()},
    )


def labelled_reflections(half: str | None = None) -> list[LabelledReflection]:
    """Gives all reflections in order of id, or those of one half (`dev` or `held-out`)."""
    reflections = [read_reflection(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return [reflection for reflection in reflections if half in (None, reflection.half)]
