"""What a page shows, as plain values: the templates know nothing of modules, rubrics or hosts.

HTML in these values is `Markup`, sanitised by whoever made it; everything else is escaped. Answers, feedback on answers
and consequences have no place here: a learner's page never carries what the `answer` operation has not yet revealed.
"""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

Kind = Literal["reading", "case", "reflection", "quiz", "scan", "worksheet"]
Theme = Literal["auto", "light", "dark"]
Font = Literal["own", "inherit"]


@dataclass(frozen=True)
class Face:
    """How one component sits in its host's page.

    Args:
        uid: a prefix for element ids, different for each component on one page.
        heading: the level of the component's own title, 1 where it has the page to itself.
        theme: `auto` follows the reader's system; `light` or `dark` where the host's page is always so.
        font: `inherit` takes over the host's own font.
    """

    uid: str = "vk"
    heading: int = 2
    theme: Theme = "auto"
    font: Font = "own"


@dataclass(frozen=True)
class PersonView:
    """Somebody in a case."""

    id: str
    name: str
    initials: str
    role: str
    view_html: Markup


@dataclass(frozen=True)
class OptionView:
    """A choice, without what follows from it."""

    id: str
    text: str


@dataclass(frozen=True)
class ChoiceView:
    """A decision in a case, or a question of a quiz."""

    id: str
    prompt_html: Markup
    options: tuple[OptionView, ...]
    multiple: bool = False


@dataclass(frozen=True)
class LevelView:
    """A level of a criterion; points as they are shown: `7,5`."""

    id: str
    title: str
    points: str
    descriptor: str


@dataclass(frozen=True)
class CriterionView:
    """What the work is read for; without levels it is for feedback only."""

    id: str
    title: str
    question: str
    levels: tuple[LevelView, ...] = ()


@dataclass(frozen=True)
class RubricView:
    """The rubric beside the editor."""

    title: str
    summary: str
    criteria: tuple[CriterionView, ...]
    maximum: str


@dataclass(frozen=True)
class SourceView:
    """A work that the step cites; `by` is author, publisher and year in one line."""

    title: str
    by: str = ""
    url: str = ""


@dataclass(frozen=True)
class FieldView:
    """A field of a worksheet; `points` are the labels of a scale, by point."""

    id: str
    kind: str
    label: str
    help: str = ""
    required: bool = False
    options: tuple[OptionView, ...] = ()
    multiple: bool = False
    points: tuple[str, ...] = ()
    unit: str = ""
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True)
class PartView:
    """A part of a worksheet; `row` is what one row of a list is called."""

    id: str
    title: str
    layout: str
    help_html: Markup
    fields: tuple[FieldView, ...]
    row: str = ""
    min_rows: int = 0
    max_rows: int = 0


@dataclass(frozen=True)
class ThemeView:
    """A theme of a scan, with its statements."""

    id: str
    title: str
    summary: str
    items: tuple[OptionView, ...]


@dataclass(frozen=True)
class ToolView:
    """A worksheet or a scan: a worksheet has parts, a scan has themes, points and perhaps layers."""

    title: str
    summary: str
    how_html: Markup
    parts: tuple[PartView, ...] = ()
    themes: tuple[ThemeView, ...] = ()
    points: tuple[str, ...] = ()
    layers: tuple[OptionView, ...] = ()


@dataclass(frozen=True)
class StepView:
    """One step of a module, as a learner sees it; with `assistant`, conversations are offered below it."""

    kind: Kind
    module: str
    title: str
    minutes: int
    position: int
    total: int
    body_html: Markup = Markup("")
    people: tuple[PersonView, ...] = ()
    choices: tuple[ChoiceView, ...] = ()
    prompt_html: Markup = Markup("")
    min_words: int = 0
    max_words: int = 0
    rubric: RubricView | None = None
    tool: ToolView | None = None
    sources: tuple[SourceView, ...] = ()
    assistant: bool = False
    face: Face = Face()


@dataclass(frozen=True)
class DeskView:
    """The teacher's desk for one placed step; its data comes from the `queue` and `work` operations."""

    module: str
    title: str
    face: Face = Face()
