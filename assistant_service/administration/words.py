"""What the administration's pages call what programs call by a code."""

from dataclasses import dataclass

from assistant_service.conversations import profiles
from veranderkracht.modules.library import Library

_WORDS = {
    "administrator": "beheerder",
    "adviser": "adviseur",
    "administrator-invited": "nodigde iemand uit",
    "administrator-invited-again": "maakte een nieuwe uitnodiging",
    "administrator-removed": "nam iemands toegang weg",
    "administrator-signed-in": "meldde zich aan",
    "administrator-signed-out": "meldde zich af",
    "administrator-signed-out-everywhere": "meldde zich overal af",
    "passkey-added": "voegde een toegangssleutel toe",
    "institution-account-tied": "koppelde het account van de instelling",
    "institution-sign-in-set": "stelde de aanmelding via de instelling in",
    "institution-sign-in-removed": "nam de aanmelding via de instelling weg",
    "policy-changed": "veranderde de afspraken over de assistent",
    "level-proposals-on": "legde de beslissing over niveauvoorstellen vast",
    "level-proposals-off": "trok de beslissing over niveauvoorstellen in",
    "question-answered": "beantwoordde een vraag",
    "document-added": "voegde een document toe",
    "document-changed": "verving een document",
    "document-removed": "verwijderde een document",
    "learner-erased": "wiste de gegevens van een lerende",
    "learner-exported": "exporteerde de gegevens van een lerende",
    "retention": "wiste wat de bewaartermijn voorbij was",
    "wrong": "het klopt niet",
    "not-useful": "niet bruikbaar",
    "unclear": "niet duidelijk",
    "source": "de bron past niet",
    "other": "iets anders",
    "feedback": "feedback",
    "supervision": "gesprekken",
    "question": "vragen",
    "guide": "ingebouwde gids",
    "model": "taalmodel",
    "searchable": "doorzoekbaar",
    "waiting": "wordt verwerkt",
    "not-yet-valid": "telt nog niet",
    "expired": "verlopen",
}


def in_words(code: str) -> str:
    """Give a code in words; the code itself where there are none."""
    return _WORDS.get(code, code)


@dataclass(frozen=True)
class Named:
    """The titles of a rubric and of one of its criteria."""

    rubric: str
    criterion: str


def criterion(rubric: str, id: str) -> Named:
    """Give the titles of a criterion and its rubric; what is not installed here keeps its id."""
    found = next((one for one in Library.installed().rubrics() if one.slug == rubric), None)
    if found is None:
        return Named(rubric, id)
    return Named(found.title, next((one.title for one in found.criteria if one.id == id), id))


def profile(id: str) -> str:
    """Give the title of a kind of conversation; its id when it is gone."""
    return next((one.title for one in profiles.every() if one.id == id), id)


def module(slug: str) -> str:
    """Give the title of a module; its slug when it is not installed here."""
    return next((one.title for one in Library.installed().modules() if one.slug == slug), slug or "geen module")
