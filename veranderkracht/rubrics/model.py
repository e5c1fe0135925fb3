"""What a rubric is: criteria, levels with descriptors and exact points, and what the built-in guide looks for."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, model_validator

from veranderkracht.modules.model import Part, Slug, Text, unique

Points = Annotated[
    Decimal,
    Field(ge=0, le=1000, max_digits=7, decimal_places=2),
    PlainSerializer(lambda value: plain(value), return_type=str, when_used="json"),
]


def plain(value: Decimal) -> str:
    """Write points without exponent or trailing zeros: `7.5`, `10`, `0`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class Level(Part):
    """How far a criterion is reached, with a descriptor that a teacher can point at."""

    id: Slug
    title: Text
    points: Points
    descriptor: Text


class Signals(Part):
    """Words and phrases by which the guide without a language model sees a criterion in a sentence.

    One of `strong` is enough, or two different ones of `weak`. A `*` at the end of a word stands for any ending;
    further signs (`…`, `{group}`, `&`, `-`, `~`) as docs/contracts.md §1 tells.
    """

    strong: tuple[Text, ...] = ()
    weak: tuple[Text, ...] = ()


class Criterion(Part):
    """One thing that the work is read for; without levels it is for feedback only."""

    id: Slug
    title: Text
    question: Text
    graded: bool = True
    levels: tuple[Level, ...] = ()
    signals: Signals = Signals()
    questions: tuple[Text, ...] = ()
    next_steps: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _levels(self) -> "Criterion":
        if not self.graded:
            if self.levels:
                raise ValueError("een criterium met graded: false heeft geen niveaus")
            return self
        if len(self.levels) < 2:
            raise ValueError("een criterium met punten heeft minstens twee niveaus")
        unique("niveau", [level.id for level in self.levels])
        points = [level.points for level in self.levels]
        if points != sorted(points):
            raise ValueError("de punten lopen niet op van het eerste naar het laatste niveau")
        return self

    def level(self, level_id: str) -> Level | None:
        """Give the level with this id, or None."""
        return next((level for level in self.levels if level.id == level_id), None)


class Rubric(Part):
    """Criteria to read one kind of work by; a version never changes once work was graded with it."""

    slug: Slug
    version: int = Field(ge=1)
    title: Text
    summary: Text
    language: str = "nl"
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _criteria(self) -> "Rubric":
        unique("criterium", [criterion.id for criterion in self.criteria])
        if not self.graded:
            raise ValueError("minstens één criterium telt mee (graded: true)")
        return self

    @property
    def graded(self) -> tuple[Criterion, ...]:
        """The criteria that carry points."""
        return tuple(criterion for criterion in self.criteria if criterion.graded)

    @property
    def maximum(self) -> Decimal:
        """The highest score: the points of every graded criterion's last level together."""
        return sum((criterion.levels[-1].points for criterion in self.graded), Decimal(0))
