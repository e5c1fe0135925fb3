"""From an assignment to what a page shows: the one place that knows both the content's models and the views.

Gives nothing away that a learner must first earn: consequences, reactions and feedback on answers stay behind.
"""

from markupsafe import Markup

from veranderkracht.activities.assignment import Assignment, PlayableStep
from veranderkracht.languages import decimal
from veranderkracht.modules.figures import marked, placed
from veranderkracht.modules.library import Library
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Case, Decision, Module, Question, Quiz, Reading, Source, WrittenStep
from veranderkracht.rubrics.model import Rubric, plain
from veranderkracht.web.assemble_tool import tool_view
from veranderkracht.web.view import (
    ChoiceView,
    CriterionView,
    DeskView,
    Face,
    LevelView,
    OptionView,
    PersonView,
    RubricView,
    SourceView,
    StepView,
)

PLAIN = Face()


def step_view(assignment: Assignment, library: Library, *, face: Face = PLAIN, assistant: bool = False) -> StepView:
    """Give what a learner sees of an assignment.

    Args:
        assignment: the step as it is placed.
        library: where the step's text lies.
        face: how it sits in the host's page.
        assistant: whether the host can reach an assistant to converse with.

    Raises:
        NotFound: the step names a file that is not there.
    """
    module, step = assignment.module, assignment.step
    top = face.heading + 1
    return StepView(
        kind=step.kind,
        module=module.title,
        title=step.title,
        minutes=step.minutes,
        position=[each.id for each in module.steps].index(step.id) + 1,
        total=len(module.steps),
        body_html=_body(library, module, step, top),
        people=_people(step, top),
        choices=_choices(step, top),
        prompt_html=render(assignment.prompt, top),
        min_words=step.min_words if isinstance(step, WrittenStep) else 0,
        max_words=step.max_words if isinstance(step, WrittenStep) else 0,
        rubric=_rubric(assignment.rubric) if assignment.rubric else None,
        tool=tool_view(assignment.tool, top) if assignment.tool else None,
        sources=_sources(module, step),
        # Whoever is asked a quiz answers it; the assistant is for what is open.
        assistant=assistant and not isinstance(step, Quiz),
        face=face,
    )


def _body(library: Library, module: Module, step: PlayableStep, top: int) -> Markup:
    if not isinstance(step, (Reading, Case)):
        return Markup()
    text, figures = marked(library.text(module.slug, step.file))
    drawings = {figure.file: library.drawing(module.slug, figure.file) for figure in figures}
    return placed(render(text, top), figures, drawings)


def desk_view(assignment: Assignment, *, face: Face = PLAIN) -> DeskView:
    """Give what a teacher sees before any work is fetched."""
    return DeskView(module=assignment.module.title, title=assignment.step.title, face=face)


def _people(step: PlayableStep, top: int) -> tuple[PersonView, ...]:
    if not isinstance(step, Case):
        return ()
    return tuple(
        PersonView(person.id, person.name, person.initials, person.role, render(person.view, top))
        for person in step.people
    )


def _choices(step: PlayableStep, top: int) -> tuple[ChoiceView, ...]:
    asked: tuple[Decision | Question, ...] = ()
    if isinstance(step, Case):
        asked = step.decisions
    elif isinstance(step, Quiz):
        asked = step.questions
    return tuple(
        ChoiceView(
            id=each.id,
            prompt_html=render(each.prompt, top),
            options=tuple(OptionView(option.id, option.text) for option in each.options),
            multiple=isinstance(each, Question) and each.multiple,
        )
        for each in asked
    )


def _rubric(rubric: Rubric) -> RubricView:
    criteria = tuple(
        CriterionView(
            id=criterion.id,
            title=criterion.title,
            question=criterion.question,
            levels=tuple(
                LevelView(level.id, level.title, decimal(plain(level.points)), level.descriptor)
                for level in criterion.levels
            ),
        )
        for criterion in rubric.criteria
    )
    return RubricView(rubric.title, rubric.summary, criteria, decimal(plain(rubric.maximum)))


def _sources(module: Module, step: PlayableStep) -> tuple[SourceView, ...]:
    cited = [source for source in module.sources if source.id in step.sources]
    return tuple(SourceView(source.title, _by(source), str(source.url or "")) for source in cited)


def _by(source: Source) -> str:
    publisher = source.publisher if source.publisher != source.author else None
    year = str(source.year) if source.year else None
    return ", ".join(part for part in (source.author, publisher, year) if part)
