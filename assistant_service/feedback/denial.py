"""Where a sentence denies or merely asks what a phrase in it seems to say: clause by clause."""

import functools
from collections.abc import Sequence

from assistant_service.feedback.phrases import Place, groups
from assistant_service.feedback.sentences import Token

OPENERS = frozenset("hoe of waarom wat wie waarover waarvoor welk welke".split())
_BOUNDARIES = frozenset("maar want omdat doordat zodat terwijl hoewel toen als dat die en om".split()) | OPENERS
_ASKING = frozenset("vraag vragen benieuwd twijfel twijfelde weet".split())
_ONLY = frozenset("alleen enkel zozeer meteen direct zomaar langer".split())  # 'niet alleen' denies nothing


def clauses_of(tokens: Sequence[Token]) -> list[int]:
    """Give for every token the number of its clause."""
    number, numbers = 0, []
    for token in tokens:
        if token.folded in _BOUNDARIES or not token.folded[-1].isalnum():
            number += 1
        numbers.append(number)
    return numbers


def denied(place: Place, tokens: Sequence[Token], clauses: Sequence[int]) -> bool:
    """Tell whether what stands in this place is denied, or only asked after.

    Args:
        place: of a phrase.
        tokens: of its sentence.
        clauses: what `clauses_of` gave for them.
    """
    first, last = place
    within = range(clauses[first], clauses[last - 1] + 1)
    deniers = [
        number
        for number, token in enumerate(tokens)
        if token.folded in _deniers() and not (number + 1 < len(tokens) and tokens[number + 1].folded in _ONLY)
    ]
    if any(clauses[number] in within for number in deniers):
        return True
    # 'Hoe zij zich voelde, weet ik niet': what is asked after is not told.
    opening = clauses.index(clauses[first])
    if tokens[opening].folded not in OPENERS or opening == first:
        return False
    return bool(deniers) or any(token.folded in _ASKING for token in tokens)


@functools.lru_cache(maxsize=1)
def _deniers() -> frozenset[str]:
    return frozenset((*groups()["ontkenning"], *groups()["ontkenning-engels"]))
