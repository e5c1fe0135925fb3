"""What the administration's pages call what programs call by a code."""

from dataclasses import dataclass

from babel.numbers import format_currency, format_decimal

from assistant_service.conversations import profiles
from veranderkracht.languages import later, locale, say
from veranderkracht.modules.library import Library

_WORDS = {
    "administrator": later("beheerder"),
    "adviser": later("adviseur"),
    "administrator-invited": later("nodigde iemand uit"),
    "administrator-invited-again": later("maakte een nieuwe uitnodiging"),
    "administrator-removed": later("nam iemands toegang weg"),
    "administrator-signed-in": later("meldde zich aan"),
    "administrator-signed-out": later("meldde zich af"),
    "administrator-signed-out-everywhere": later("meldde zich overal af"),
    "passkey-added": later("voegde een toegangssleutel toe"),
    "institution-account-tied": later("koppelde het account van de instelling"),
    "institution-sign-in-set": later("stelde de aanmelding via de instelling in"),
    "institution-sign-in-removed": later("nam de aanmelding via de instelling weg"),
    "policy-changed": later("veranderde de afspraken over de assistent"),
    "level-proposals-on": later("legde de beslissing over niveauvoorstellen vast"),
    "level-proposals-off": later("trok de beslissing over niveauvoorstellen in"),
    "question-answered": later("beantwoordde een vraag"),
    "document-added": later("voegde een document toe"),
    "document-changed": later("verving een document"),
    "document-removed": later("verwijderde een document"),
    "learner-erased": later("wiste de gegevens van een lerende"),
    "learner-exported": later("exporteerde de gegevens van een lerende"),
    "retention": later("wiste wat de bewaartermijn voorbij was"),
    "wrong": later("het klopt niet"),
    "not-useful": later("niet bruikbaar"),
    "unclear": later("niet duidelijk"),
    "source": later("de bron past niet"),
    "other": later("iets anders"),
    "feedback": later("feedback"),
    "supervision": later("gesprekken"),
    "question": later("vragen"),
    "guide": later("ingebouwde gids"),
    "model": later("taalmodel"),
    "searchable": later("doorzoekbaar"),
    "waiting": later("wordt verwerkt"),
    "not-yet-valid": later("telt nog niet"),
    "expired": later("verlopen"),
}


def in_words(code: str) -> str:
    """Give a code in words; the code itself where there are none."""
    return say(_WORDS[code]) if code in _WORDS else code


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
    return next((one.title for one in Library.installed().modules() if one.slug == slug), slug or say("geen module"))


def counted(number: int) -> str:
    """Write a number as the language of the page does: `12.345` in Dutch."""
    return format_decimal(number, locale=locale())


def euros(amount: float) -> str:
    """Write an amount of money."""
    return format_currency(amount, "EUR", locale=locale())
