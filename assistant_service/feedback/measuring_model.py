"""How well a language model gives feedback: its answers on the sample works, against what a person saw in them.

A criterion shows in a work where the person gave it a level that is worth something. No knowledge base takes part, and
nothing of a text or an answer is kept. What the guards hold back, `checking.py` knows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy

from assistant_service.feedback.checking import HeldBack, ModelFeedback, check, given, held_back, literal
from assistant_service.feedback.measuring import Labelled, Verdict
from assistant_service.feedback.model import prompt, without_mark
from assistant_service.feedback.redaction import redact
from assistant_service.provider_langchain import TRIES, Model
from assistant_service.usage import Tokens
from veranderkracht.activities.assignment import PlayableStep, Snapshot, assign
from veranderkracht.errors import Unavailable
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import rubric_of
from veranderkracht.rubrics.model import Rubric
from veranderkracht.rubrics.samples import Sample

FIRST_FAULTS = 3  # without one answer: nobody is there


@dataclass(frozen=True)
class Work:
    """A sample work, as it is handed in; `shows` tells of each criterion with levels whether a person saw it."""

    snapshot: Snapshot
    rubric: str
    id: str
    text: str
    shows: dict[str, bool]


@dataclass(frozen=True)
class Reading:
    """What came of one work.

    Args:
        work: that was read.
        verdicts: per criterion with levels, of what a learner would see; none when nothing came.
        quotes: passages that the model quoted.
        literal: of those, that stand in the text so.
        parts: remarks, questions, next steps and quotes that the model gave or owed.
        held: of those, what the guards held back.
        form_errors: answers in another form than was asked.
        unavailable: the provider did not answer, or not in time.
        tokens: of all tries together.
        seconds: that all of it took.
    """

    work: Work
    verdicts: tuple[Verdict, ...]
    quotes: int
    literal: int
    parts: int
    held: tuple[HeldBack, ...]
    form_errors: int
    unavailable: bool
    tokens: Tokens
    seconds: float

    @property
    def answered(self) -> bool:
        """Whether there is feedback to show."""
        return bool(self.verdicts)


@dataclass(frozen=True)
class ModelFigures:
    """Counts over readings; seconds are None when nothing was answered."""

    works: int
    answered: int
    unavailable: int
    form_errors: int
    quotes: int
    literal: int
    parts: int
    held: Counter[str]
    tokens: Tokens
    p50: float | None
    p95: float | None


def works(library: Library, rubrics: Sequence[str] = ()) -> Iterator[Work]:
    """Give the sample works of rubrics, or of all, each with the first assignment that is read by its rubric.

    Raises:
        NotFound: there is no such rubric.
        ContentError: a file has faults.
    """
    chosen = [library.rubric(slug) for slug in rubrics] or library.rubrics()
    for rubric in chosen:
        snapshot = _assignment(library, rubric)
        if snapshot is None:
            continue  # nobody hands in work by it, so no assistant reads any
        for sample in library.samples(rubric.slug):
            yield Work(snapshot, rubric.slug, sample.id, sample.work, _shown(sample, rubric))


def measure(model: Model, found: Iterable[Work]) -> Iterator[Reading]:
    """Let a model read works, one after the other, each as a learner's text is read.

    Raises:
        Unavailable: `model-unavailable`, when the first three works got no answer.
    """
    answered = False
    for number, work in enumerate(found, start=1):
        reading = _read(model, work)
        answered = answered or not reading.unavailable
        if not answered and number == FIRST_FAULTS:
            raise Unavailable("Het model antwoordt niet. Kloppen het adres en de sleutel?", code="model-unavailable")
        yield reading


def count_readings(readings: Sequence[Reading]) -> ModelFigures:
    """Count readings."""
    spent = Tokens(0, 0)
    for one in readings:
        spent += one.tokens
    seconds = [one.seconds for one in readings if one.answered]
    p50, p95 = map(float, numpy.quantile(seconds, (0.5, 0.95))) if seconds else (None, None)
    return ModelFigures(
        works=len(readings),
        answered=sum(one.answered for one in readings),
        unavailable=sum(one.unavailable for one in readings),
        form_errors=sum(one.form_errors for one in readings),
        quotes=sum(one.quotes for one in readings),
        literal=sum(one.literal for one in readings),
        parts=sum(one.parts for one in readings),
        held=Counter(held.why for one in readings for held in one.held),
        tokens=spent,
        p50=p50,
        p95=p95,
    )


def _assignment(library: Library, rubric: Rubric) -> Snapshot | None:
    for module in library.modules():
        for step in module.steps:
            if isinstance(step, PlayableStep) and rubric_of(step) == rubric.slug:
                return assign(library, module, step).snapshot
    return None


def _shown(sample: Sample, rubric: Rubric) -> dict[str, bool]:
    levels = {one.id: one.level(sample.levels[one.id]) for one in rubric.graded}
    return {criterion: level is not None and level.points > 0 for criterion, level in levels.items()}


def _read(model: Model, work: Work) -> Reading:
    text = redact(work.text).text
    system, human = prompt(text, work.snapshot, ())
    begun = monotonic()
    answer: ModelFeedback | None = None
    spent, errors, unavailable = Tokens(0, 0), 0, False
    # The tries of `Model.ask`, counted.
    for _ in range(TRIES):
        try:
            answer, took = model.attempt(system, human, ModelFeedback, model.seconds - (monotonic() - begun))
        except Unavailable:
            unavailable = True
            break
        spent += took
        if answer is not None:
            break
        errors += 1
    seconds = monotonic() - begun
    if answer is None:
        return Reading(work, (), 0, 0, 0, (), errors, unavailable, spent, seconds)
    instructions = without_mark(system)
    shown = check(answer, text, work.snapshot, (), instructions).criteria
    named = {one.criterion for one in shown}
    quotes = [one.quote for one in answer.criteria if one.visible and one.quote]
    return Reading(
        work=work,
        verdicts=tuple(_verdict(work, one.criterion, one.visible) for one in shown if one.criterion in work.shows),
        quotes=len(quotes),
        literal=sum(literal(quote, text) is not None for quote in quotes),
        parts=sum(3 + said.visible for id, said in given(answer).items() if id in named),
        held=held_back(answer, text, work.snapshot, (), instructions),
        form_errors=errors,
        unavailable=False,
        tokens=spent,
        seconds=seconds,
    )


def _verdict(work: Work, criterion: str, visible: bool) -> Verdict:
    text = Labelled(work.id, work.rubric, "", work.text, {}, frozenset())
    return Verdict(text, criterion, work.shows[criterion], visible == work.shows[criterion])
