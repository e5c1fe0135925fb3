"""What a module is: its steps of eight kinds, as authors write them in module.yaml.

Six kinds are whole; `supervision` and `intervision` are declared with what all steps share.
Loading files, and errors that name a line, are the loader's; rendering Markdown is `markdown.py`'s.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Markdown = Text
# Questions that a text answers, in the words of who asks them: searched with the text, shown to nobody.
Asked = Annotated[tuple[Annotated[Text, StringConstraints(max_length=300)], ...], Field(max_length=20)]

Phase = Literal["introductie", "waarnemen", "richting-geven", "doen", "borgen"]


class Part(BaseModel):
    """The base of everything in a content file: immutable, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Part):
    """A work that steps cite by id."""

    id: Slug
    title: Text
    author: Text | None = None
    publisher: Text | None = None
    year: int | None = Field(default=None, ge=1800, le=2100)
    url: HttpUrl | None = None


class Review(Part):
    """Signed by a real expert: who read the module, and when."""

    by: Text
    on: date


class StepBase(Part):
    """What every step has."""

    id: Slug
    title: Text
    minutes: int = Field(ge=1, le=120)
    sources: tuple[Slug, ...] = ()


class Reading(StepBase):
    """A text to read; `file` is Markdown beside module.yaml."""

    kind: Literal["reading"]
    file: Text
    asked: Asked = ()


class Person(Part):
    """Somebody in a case, with their own view of it."""

    id: Slug
    name: Text
    role: Text
    view: Markdown

    @property
    def initials(self) -> str:
        """First letters of the first and last word of the name, upper case."""
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class DecisionOption(Part):
    """One way to go on, with what follows from it."""

    id: Slug
    text: Text
    consequence: Markdown
    reactions: dict[Slug, Text] = Field(default_factory=dict)


class Decision(Part):
    """A point in the case where the learner chooses."""

    id: Slug
    prompt: Markdown
    options: tuple[DecisionOption, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _distinct(self) -> "Decision":
        unique("optie", [option.id for option in self.options])
        return self


class WrittenStep(StepBase):
    """What steps with a text of the learner's share: limits in words, a rubric, how often feedback may be asked."""

    min_words: int = Field(default=0, ge=0)
    max_words: int = Field(default=1000, ge=1, le=5000)
    rubric: Slug
    feedback_attempts: int = Field(default=3, ge=0, le=20)

    @model_validator(mode="after")
    def _limits(self) -> "WrittenStep":
        if self.min_words > self.max_words:
            raise ValueError(f"min_words ({self.min_words}) is groter dan max_words ({self.max_words})")
        return self


class Case(WrittenStep):
    """A situation, the people in it, decisions with consequences, and an open question at the end."""

    kind: Literal["case"]
    file: Text
    asked: Asked = ()
    people: tuple[Person, ...] = Field(min_length=2)
    decisions: tuple[Decision, ...] = ()
    question: Markdown

    @model_validator(mode="after")
    def _references(self) -> "Case":
        unique("persoon", [person.id for person in self.people])
        unique("beslissing", [decision.id for decision in self.decisions])
        known = {person.id for person in self.people}
        for decision in self.decisions:
            for option in decision.options:
                if strangers := sorted(set(option.reactions) - known):
                    raise reference_error(f"reactie van wie niet in de casus zit: {', '.join(strangers)}")
        return self


class Reflection(WrittenStep):
    """A text on the learner's own practice, which a teacher grades."""

    kind: Literal["reflection"]
    prompt: Markdown


class QuizOption(Part):
    """A possible answer, with feedback for whoever picks it."""

    id: Slug
    text: Text
    correct: bool = False
    feedback: Markdown


class Question(Part):
    """A question of a quiz; right when exactly the correct options are chosen."""

    id: Slug
    prompt: Markdown
    multiple: bool = False
    options: tuple[QuizOption, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _answers(self) -> "Question":
        unique("antwoord", [option.id for option in self.options])
        right = sum(option.correct for option in self.options)
        if right == 0:
            raise ValueError("geen enkel antwoord is juist (correct: true)")
        if right > 1 and not self.multiple:
            raise ValueError(f"{right} juiste antwoorden, maar multiple staat niet op true")
        return self


class Quiz(StepBase):
    """Questions with feedback per answer; scored by itself, one point a question."""

    kind: Literal["quiz"]
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> "Quiz":
        unique("vraag", [question.id for question in self.questions])
        return self


class ToolStep(StepBase):
    """A step with a tool from the toolkit: `prompt` says what it is for in this module."""

    tool: Slug
    prompt: Markdown


class Scan(ToolStep):
    """A measurement, taken again after some time."""

    kind: Literal["scan"]


class Worksheet(ToolStep):
    """A form to fill in; a teacher grades it where it has a rubric."""

    kind: Literal["worksheet"]
    rubric: Slug | None = None
    feedback_attempts: int = Field(default=3, ge=0, le=20)


class Supervision(StepBase):
    """A conversation with the assistant; declared, its content comes with its rules."""

    kind: Literal["supervision"]


class Intervision(StepBase):
    """A conversation among peers; declared, its content comes with its rules."""

    kind: Literal["intervision"]


class SupervisionProfile(Part):
    """How an assistant supervises on a module; learners can read it too.

    Args:
        purpose: what a conversation about the module helps with.
        opening: the first question.
        questions: to go on with, in a good order.
        watch: signals to slow down at, or to bring in a person.
        avoid: what not to do.
    """

    purpose: Text
    opening: Text
    questions: tuple[Text, ...] = Field(min_length=4, max_length=12)
    watch: tuple[Text, ...] = Field(min_length=1, max_length=6)
    avoid: tuple[Text, ...] = Field(min_length=1, max_length=6)


class IntervisionQuestion(Part):
    """A question for peers of other organisations, and why they can help with it."""

    question: Text
    why: Text


Step = Annotated[
    Reading | Case | Reflection | Quiz | Scan | Worksheet | Supervision | Intervision, Field(discriminator="kind")
]


class Module(Part):
    """A unit of 30–60 minutes: ordered steps, goals and sources."""

    slug: Slug
    version: int = Field(ge=1)
    title: Text
    phase: Phase
    summary: Text
    goals: tuple[Text, ...] = Field(min_length=1)
    language: Literal["nl", "en", "fr"] = "nl"
    licence: Text = "CC-BY-SA-4.0"
    nagezien: Review | None = None
    sources: tuple[Source, ...] = ()
    supervision: SupervisionProfile | None = None
    intervision: IntervisionQuestion | None = None
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _references(self) -> "Module":
        unique("stap", [step.id for step in self.steps])
        unique("bron", [source.id for source in self.sources])
        known = {source.id for source in self.sources}
        for step in self.steps:
            if missing := sorted(set(step.sources) - known):
                raise reference_error(f"stap {step.id!r} verwijst naar een onbekende bron: {', '.join(missing)}")
        return self

    @property
    def minutes(self) -> int:
        """The time the whole module asks, in minutes."""
        return sum(step.minutes for step in self.steps)


def rubric_of(step: Step) -> Slug | None:
    """Give the rubric that a step's work is graded by; None where nothing is graded."""
    return step.rubric if isinstance(step, (WrittenStep, Worksheet)) else None


def unique(what: str, ids: list[str]) -> None:
    """Refuse ids that stand in a list more than once."""
    if repeated := sorted({name for name in ids if ids.count(name) > 1}):
        raise reference_error(f"{what} komt meer dan één keer voor: {', '.join(repeated)}")


def reference_error(reason: str) -> PydanticCustomError:
    """Give the error for an id that does not fit with the others: the loader, which knows lines, tells of it itself."""
    return PydanticCustomError("reference", "{reason}", {"reason": reason})
