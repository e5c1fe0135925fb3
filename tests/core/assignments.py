"""Small assignments for the tests of the rules: one of each kind, in a module of their own."""

from decimal import Decimal

from tests.core.tools import SCAN, WORKSHEET
from veranderkracht.activities.assignment import Assignment, assign, find_step
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module
from veranderkracht.rubrics.model import Criterion, Level, Rubric
from veranderkracht.toolkit.model import Tool

RUBRIC = Rubric(
    slug="klein",
    version=2,
    title="Kleine rubriek",
    summary="Voor de tests.",
    criteria=(
        Criterion(
            id="situatie",
            title="De situatie",
            question="Wat gebeurde er?",
            levels=(
                Level(id="niet", title="Niet", points=Decimal("0"), descriptor="Niets."),
                Level(id="half", title="Half", points=Decimal("0.1"), descriptor="Iets."),
                Level(id="heel", title="Heel", points=Decimal("1.5"), descriptor="Alles."),
            ),
        ),
        Criterion(
            id="inzicht",
            title="Inzicht",
            question="Wat leerde je?",
            levels=(
                Level(id="niet", title="Niet", points=Decimal("0"), descriptor="Niets."),
                Level(id="half", title="Half", points=Decimal("0.2"), descriptor="Iets."),
                Level(id="heel", title="Heel", points=Decimal("2"), descriptor="Alles."),
            ),
        ),
        Criterion(id="vragen", title="Open vragen", question="Wat weet je niet?", graded=False),
    ),
)

MODULE = Module.model_validate(
    {
        "slug": "proef",
        "version": 4,
        "title": "Proefmodule",
        "phase": "waarnemen",
        "summary": "Voor de tests.",
        "goals": ["Je kunt testen."],
        "steps": [
            {"id": "lezen", "kind": "reading", "title": "Lezen", "minutes": 3, "file": "lezen.md"},
            {
                "id": "casus",
                "kind": "case",
                "title": "Casus",
                "minutes": 5,
                "file": "casus.md",
                "people": [
                    {"id": "mia", "name": "Mia Claes", "role": "zorgkundige", "view": "Ik zie het zo."},
                    {"id": "jan", "name": "Jan Peeters", "role": "zoon", "view": "Ik zie het anders."},
                ],
                "decisions": [
                    {
                        "id": "gesprek",
                        "prompt": "Wat doe je?",
                        "options": [
                            {
                                "id": "bellen",
                                "text": "Bellen",
                                "consequence": "GEHEIM-bellen",
                                "reactions": {"jan": "Fijn."},
                            },
                            {"id": "wachten", "text": "Wachten", "consequence": "GEHEIM-wachten"},
                        ],
                    }
                ],
                "question": "Wat zou jij doen?",
                "min_words": 2,
                "max_words": 20,
                "rubric": "klein",
            },
            {
                "id": "toets",
                "kind": "quiz",
                "title": "Toets",
                "minutes": 2,
                "questions": [
                    {
                        "id": "een",
                        "prompt": "Eén?",
                        "options": [
                            {"id": "a", "text": "Ja", "correct": True, "feedback": "GEHEIM-juist"},
                            {"id": "b", "text": "Nee", "feedback": "GEHEIM-fout"},
                        ],
                    },
                    {
                        "id": "meer",
                        "prompt": "Meer?",
                        "multiple": True,
                        "options": [
                            {"id": "a", "text": "A", "correct": True, "feedback": "Juist."},
                            {"id": "b", "text": "B", "correct": True, "feedback": "Ook juist."},
                            {"id": "c", "text": "C", "feedback": "Fout."},
                        ],
                    },
                ],
            },
            {
                "id": "reflectie",
                "kind": "reflection",
                "title": "Reflectie",
                "minutes": 10,
                "prompt": "Schrijf over een moment.",
                "min_words": 3,
                "max_words": 10,
                "rubric": "klein",
            },
            {
                "id": "werkblad",
                "kind": "worksheet",
                "title": "Werkblad",
                "minutes": 20,
                "tool": "kaart",
                "prompt": "Vul in voor jouw thema.",
            },
            {
                "id": "plan",
                "kind": "worksheet",
                "title": "Plan",
                "minutes": 20,
                "tool": "kaart",
                "prompt": "Je docent leest mee.",
                "rubric": "klein",
            },
            {"id": "scan", "kind": "scan", "title": "Scan", "minutes": 8, "tool": "klimaat", "prompt": "Antwoord."},
        ],
    }
)


class _Shelf(Library):
    """What the test module's steps name."""

    def rubric(self, slug: str) -> Rubric:
        return RUBRIC

    def tool(self, slug: str) -> Tool:
        return {"kaart": WORKSHEET, "klimaat": SCAN}[slug]


def assignment(step: str, prompt_override: str = "") -> Assignment:
    """Give the assignment of one step of the test module."""
    return assign(_Shelf([], []), MODULE, find_step(MODULE, step), prompt_override)
