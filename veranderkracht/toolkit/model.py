"""What a worksheet and a scan are, as authors write them in content/toolkit/*.yaml.

A worksheet is a form in parts: fields, a list whose fields repeat per row, or a canvas of boxes. A scan asks for
ratings, theme by theme. What somebody may fill in is `worksheets.py`'s and `scans.py`'s.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from veranderkracht.modules.model import Markdown, Part, Review, Slug, Source, Text, reference_error, unique

MAX_LINE = 300  # characters
MAX_TEXT = 5000
MAX_ROWS = 40


class Option(Part):
    """A choice in a field."""

    id: Slug
    text: Text


class FieldBase(Part):
    """What every field has; `required` counts when the sheet is finished, never while it is being written."""

    id: Slug
    label: Text
    help: Text | None = None
    required: bool = False


class LineField(FieldBase):
    """One line of text."""

    kind: Literal["line"]


class TextField(FieldBase):
    """A text of several lines."""

    kind: Literal["text"]


class NumberField(FieldBase):
    """A number within limits, of `unit` where it has one."""

    kind: Literal["number"]
    minimum: Decimal = Decimal(0)
    maximum: Decimal = Decimal(1_000_000)
    unit: Text | None = None

    @model_validator(mode="after")
    def _limits(self) -> "NumberField":
        if self.minimum > self.maximum:
            raise ValueError(f"minimum ({self.minimum}) is groter dan maximum ({self.maximum})")
        return self


class DateField(FieldBase):
    """A day."""

    kind: Literal["date"]


class ChoiceField(FieldBase):
    """One of some options, or several with `multiple`."""

    kind: Literal["choice"]
    multiple: bool = False
    options: tuple[Option, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _distinct(self) -> "ChoiceField":
        unique("optie", [option.id for option in self.options])
        return self


class Scale(Part):
    """A row of points from low to high; the labels are of its two ends, or of every point."""

    points: int = Field(default=5, ge=3, le=10)
    labels: tuple[Text, ...]

    @model_validator(mode="after")
    def _labels(self) -> "Scale":
        if len(self.labels) not in (2, self.points):
            raise ValueError(f"{len(self.labels)} labels: geef er 2 (de uiteinden) of {self.points}")
        return self


class ScaleField(FieldBase):
    """A point on a scale."""

    kind: Literal["scale"]
    scale: Scale


AnyField = Annotated[
    LineField | TextField | NumberField | DateField | ChoiceField | ScaleField, Field(discriminator="kind")
]


class SheetPart(Part):
    """A part of a worksheet: fields once (`form`), per row (`list`), or as boxes side by side (`canvas`)."""

    id: Slug
    title: Text
    help: Markdown | None = None
    layout: Literal["form", "list", "canvas"] = "form"
    row: Text | None = None
    min_rows: int = Field(default=0, ge=0, le=MAX_ROWS)
    max_rows: int = Field(default=20, ge=1, le=MAX_ROWS)
    fields: tuple[AnyField, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "SheetPart":
        unique("veld", [field.id for field in self.fields])
        if (self.layout == "list") != (self.row is not None):
            raise ValueError("row zegt hoe één rij van een lijst heet, en hoort dus bij layout: list en nergens anders")
        if self.min_rows > self.max_rows:
            raise ValueError(f"min_rows ({self.min_rows}) is groter dan max_rows ({self.max_rows})")
        return self


class ToolBase(Part):
    """What a worksheet and a scan share."""

    slug: Slug
    version: int = Field(ge=1)
    title: Text
    summary: Text
    minutes: int = Field(ge=1, le=240)
    how: Markdown
    licence: Text = "CC-BY-SA-4.0"
    nagezien: Review | None = None
    sources: tuple[Source, ...] = ()


class WorksheetTool(ToolBase):
    """A form to fill in, alone or with others."""

    kind: Literal["worksheet"]
    parts: tuple[SheetPart, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> "WorksheetTool":
        unique("deel", [part.id for part in self.parts])
        return self


class ScanItem(Part):
    """A statement to rate; `reverse` where a high rating is a bad sign."""

    id: Slug
    text: Text
    reverse: bool = False


class Advice(Part):
    """What a mean under `below` says; the last one has no limit."""

    below: Decimal | None = None
    text: Markdown


class ScanTheme(Part):
    """Some items that measure one thing, with what a mean may say."""

    id: Slug
    title: Text
    summary: Text
    items: tuple[ScanItem, ...] = Field(min_length=2)
    advice: tuple[Advice, ...] = Field(min_length=1)
    modules: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _bands(self) -> "ScanTheme":
        limits = [each.below for each in self.advice]
        named = [limit for limit in limits if limit is not None]
        if limits[-1] is not None or len(named) != len(limits) - 1 or named != sorted(set(named)):
            raise ValueError("de grenzen (below) lopen op, en enkel de laatste raad heeft er geen")
        return self


class Layer(Part):
    """From where in the organisation somebody looks."""

    id: Slug
    title: Text


class ScanTool(ToolBase):
    """A measurement: themes of statements, on one scale, from one or more layers, again after some time."""

    kind: Literal["scan"]
    scale: Scale
    layers: tuple[Layer, ...] = ()
    themes: tuple[ScanTheme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _references(self) -> "ScanTool":
        unique("laag", [layer.id for layer in self.layers])
        unique("thema", [theme.id for theme in self.themes])
        unique("stelling", [item.id for item in self.items()])
        if len(self.layers) == 1:
            raise reference_error("één laag is geen laag: laat layers weg, of geef er minstens twee")
        highest = self.scale.points
        for theme in self.themes:
            if any(each.below is not None and not 1 < each.below <= highest for each in theme.advice):
                raise reference_error(f"thema {theme.id!r}: een grens (below) ligt tussen 1 en {highest}")
        return self

    def items(self) -> Iterator[ScanItem]:
        """Give every item, theme by theme."""
        for theme in self.themes:
            yield from theme.items


Tool = WorksheetTool | ScanTool
