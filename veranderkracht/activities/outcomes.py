"""What an answer brings: the consequence of a decision in a case, or the feedback and score of a quiz.

Nothing of it reaches a learner's page before the answer is given.
"""

from decimal import Decimal
from typing import Any

from veranderkracht.activities.assignment import PlayableStep
from veranderkracht.activities.store import Body
from veranderkracht.errors import BadInput, NotFound
from veranderkracht.languages import say
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Case, Decision, Question, Quiz


def check_choice(step: PlayableStep, item: str, choice: object) -> list[str]:
    """Check a choice against the step, and give it in the order of the options.

    Raises:
        NotFound: the step has no such question or decision.
        BadInput: the choice is empty, unknown, or more than one where one is asked.
    """
    target = _item(step, item)
    if target is None:
        raise NotFound(say("Deze vraag hoort niet bij deze stap. Laad de pagina opnieuw."), code="item-unknown")
    if not isinstance(choice, list) or not choice or not all(isinstance(part, str) for part in choice):
        raise BadInput(say("Kies eerst een antwoord."), code="choice-missing")
    known = [option.id for option in target.options]
    if set(choice) - set(known):
        raise BadInput(say("Dit antwoord bestaat niet. Laad de pagina opnieuw."), code="choice-unknown")
    if len(set(choice)) > 1 and not (isinstance(target, Question) and target.multiple):
        raise BadInput(say("Kies één antwoord."), code="choice-single")
    return [option for option in known if option in choice]


def outcome(step: PlayableStep, item: str, chosen: list[str]) -> dict[str, Any]:
    """Give what the learner sees after this answer (docs/contracts.md, outcomes)."""
    target = _item(step, item)
    if isinstance(target, Question):
        return {
            "correct": _correct(target, chosen),
            "options": [
                {
                    "id": option.id,
                    "chosen": option.id in chosen,
                    "correct": option.correct,
                    "feedback_html": str(render(option.feedback)),
                }
                for option in target.options
                if option.id in chosen or option.correct
            ],
        }
    if isinstance(target, Decision):
        option = next(option for option in target.options if option.id == chosen[0])
        return {
            "option": option.id,
            "consequence_html": str(render(option.consequence)),
            "reactions": [{"person": person, "html": str(render(said))} for person, said in option.reactions.items()],
        }
    return {}


def outcomes(step: PlayableStep, body: Body) -> dict[str, Any]:
    """Give the outcome of every answer in the work that the step still knows."""
    answers = body.get("answers", {})
    return {item: outcome(step, item, list(chosen)) for item, chosen in answers.items() if _item(step, item)}


def quiz_result(step: PlayableStep, body: Body) -> tuple[Decimal, Decimal] | None:
    """Give points and maximum of a quiz: one point for each question with exactly the right options; else None."""
    if not isinstance(step, Quiz):
        return None
    answers = body.get("answers", {})
    right = sum(_correct(question, list(answers.get(question.id, []))) for question in step.questions)
    return Decimal(right), Decimal(len(step.questions))


def _correct(question: Question, chosen: list[str]) -> bool:
    return set(chosen) == {option.id for option in question.options if option.correct}


def _item(step: PlayableStep, item: str) -> Question | Decision | None:
    if isinstance(step, Quiz):
        return next((question for question in step.questions if question.id == item), None)
    if isinstance(step, Case):
        return next((decision for decision in step.decisions if decision.id == item), None)
    return None
