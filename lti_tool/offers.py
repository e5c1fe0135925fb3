"""What a teacher can place, and how it is searched: modules with their steps, and the choices that stand for them.

A choice is a text in a form: `module`, `module/step`, `module/*` for a module as its separate steps, or ROUTE_MAP.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lti_tool.columns import column_of
from lti_tool.deep_linking import ROUTE_MAP, ROUTE_MAP_SAYS, Chosen
from veranderkracht.activities.assignment import PlayableStep
from veranderkracht.errors import NotFound
from veranderkracht.languages import later, say
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module, Step
from veranderkracht.rubrics.model import plain

KINDS = {
    "reading": later("Lezen"),
    "case": later("Casus"),
    "reflection": later("Reflectie"),
    "quiz": later("Toets"),
    "scan": later("Scan"),
    "worksheet": later("Werkblad"),
    "supervision": later("Supervisie"),
    "intervision": later("Intervisie"),
}
PHASES = {
    "introductie": "Introductie",
    "waarnemen": "Waarnemen",
    "richting-geven": "Richting geven",
    "doen": "Doen",
    "borgen": "Borgen",
}
ALL_STEPS = "*"


@dataclass(frozen=True)
class Search:
    """What a teacher looks for; empty is everything."""

    words: str = ""
    phase: str = ""
    kind: str = ""


@dataclass(frozen=True)
class OfferedStep:
    """A step on offer.

    Args:
        step: the content's.
        choice: what the form says for it.
        points: the maximum score, or empty when it brings none.
        text: folded, to search in.
        shown: whether the search finds it.
    """

    step: Step
    choice: str
    points: str
    text: str
    shown: bool


@dataclass(frozen=True)
class OfferedModule:
    """A module on offer, with those of its steps that can be played."""

    module: Module
    steps: tuple[OfferedStep, ...]

    @property
    def shown(self) -> bool:
        """Whether the search finds any of it."""
        return any(step.shown for step in self.steps)

    @property
    def scored(self) -> int:
        """How many of its steps bring a score."""
        return sum(bool(step.points) for step in self.steps)


@dataclass(frozen=True)
class OfferedMap:
    """The map of the route on offer; `text` is folded, to search in, and `shown` is whether the search finds it."""

    title: str
    text: str
    shown: bool


def offered_map(library: Library, search: Search) -> OfferedMap | None:
    """Give the map of the route as it can be placed, or None where there is no route."""
    try:
        title = library.route().title
    except NotFound:
        return None
    text = folded(f"{title} {ROUTE_MAP_SAYS}")
    found = all(word in text for word in folded(search.words).split())
    return OfferedMap(title, text, shown=found and not search.phase and not search.kind)


def offers(library: Library, search: Search) -> tuple[OfferedModule, ...]:
    """Give everything that can be placed, and of each whether the search finds it."""
    found = (OfferedModule(module, _steps(library, module, search)) for module in library.modules())
    return tuple(offer for offer in found if offer.steps)


def chosen(library: Library, choices: Iterable[str]) -> tuple[Chosen, ...]:
    """Give what choices stand for, each once, in the order of the offer.

    Raises:
        NotFound: one of them is not on offer (any more).
    """
    wanted = set(choices)
    found: list[Chosen] = []
    known: set[str] = set()
    if offered_map(library, Search()):
        known = {ROUTE_MAP}
        found = [Chosen()] if ROUTE_MAP in wanted else []
    for offer in offers(library, Search()):
        whole, steps = offer.module.slug, f"{offer.module.slug}/{ALL_STEPS}"
        known |= {whole, steps, *(each.choice for each in offer.steps)}
        if whole in wanted:
            found.append(Chosen(offer.module, None))
        found += [Chosen(offer.module, each.step) for each in offer.steps if {each.choice, steps} & wanted]
    if wanted - known:
        raise NotFound(
            say("Iets van wat je koos, bestaat niet meer. Kies opnieuw vanuit je cursus."), code="choice-unknown"
        )
    return tuple(found)


def folded(text: str) -> str:
    """Give a text without capitals and accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _steps(library: Library, module: Module, search: Search) -> tuple[OfferedStep, ...]:
    return tuple(_offered(library, module, step, search) for step in module.steps if isinstance(step, PlayableStep))


def _offered(library: Library, module: Module, step: Step, search: Search) -> OfferedStep:
    about: Sequence[str] = (module.title, module.summary, *module.goals, PHASES[module.phase])
    text = folded(" ".join((*about, step.title, KINDS[step.kind])))
    column = column_of(library, module, step)
    return OfferedStep(
        step=step,
        choice=f"{module.slug}/{step.id}",
        points=plain(column.maximum) if column else "",
        text=text,
        shown=all(word in text for word in folded(search.words).split())
        and search.phase in ("", module.phase)
        and search.kind in ("", step.kind),
    )
