"""Scoring by a rubric: chosen levels checked against the very version the work was made for, and exact sums."""

from collections.abc import Mapping
from decimal import Decimal

from veranderkracht.errors import BadInput, Rejected
from veranderkracht.languages import say
from veranderkracht.rubrics.model import Rubric

MAX_COMMENT = 10_000  # characters


def check_levels(rubric: Rubric, levels: object) -> dict[str, str]:
    """Give the chosen levels, in the rubric's order.

    Raises:
        BadInput: a criterion or level that this version of the rubric does not have, or one for feedback only.
    """
    if not isinstance(levels, Mapping):
        raise BadInput(say("De gekozen niveaus ontbreken."))
    known = {criterion.id: criterion for criterion in rubric.graded}
    for criterion_id, level_id in levels.items():
        criterion = known.get(criterion_id)
        if criterion is None or not isinstance(level_id, str) or criterion.level(level_id) is None:
            raise BadInput(
                say(
                    "Niveau {level_id} bij {criterion_id} staat niet in deze versie van de rubriek. Laad de "
                    "pagina opnieuw.",
                    level_id=repr(level_id),
                    criterion_id=repr(criterion_id),
                ),
                code="level-unknown",
            )
    return {criterion_id: levels[criterion_id] for criterion_id in known if criterion_id in levels}


def check_comments(rubric: Rubric, comments: object) -> dict[str, str]:
    """Give the comments that say something, in the rubric's order; a feedback-only criterion may have one too.

    Raises:
        BadInput: not text per criterion, an unknown criterion, or a text over MAX_COMMENT characters.
    """
    if not isinstance(comments, Mapping):
        raise BadInput(say("De opmerkingen ontbreken."))
    known = [criterion.id for criterion in rubric.criteria]
    for criterion_id, text in comments.items():
        if criterion_id not in known or not isinstance(text, str):
            raise BadInput(
                say("Een opmerking bij {criterion_id} past niet bij deze rubriek.", criterion_id=repr(criterion_id)),
                code="criterion-unknown",
            )
        if len(text) > MAX_COMMENT:
            raise BadInput(
                say("Een opmerking mag hoogstens {most} tekens tellen.", most=MAX_COMMENT), code="comment-too-long"
            )
    return {
        criterion_id: comments[criterion_id].strip() for criterion_id in known if comments.get(criterion_id, "").strip()
    }


def score(rubric: Rubric, levels: Mapping[str, str]) -> Decimal | None:
    """Give the exact sum of the chosen levels' points, or None while a graded criterion has no level."""
    total = Decimal(0)
    for criterion in rubric.graded:
        level = criterion.level(levels[criterion.id]) if criterion.id in levels else None
        if level is None:
            return None
        total += level.points
    return total


def require_complete(rubric: Rubric, levels: Mapping[str, str]) -> None:
    """Check that every graded criterion has a level.

    Raises:
        Rejected: `levels-missing`, naming the criteria.
    """
    missing = [criterion for criterion in rubric.graded if criterion.id not in levels]
    if missing:
        names = ", ".join(criterion.title for criterion in missing)
        raise Rejected(
            say("Kies nog een niveau bij: {names}.", names=names),
            code="levels-missing",
            extra={"criteria": [criterion.id for criterion in missing]},
        )
