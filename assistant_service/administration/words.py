"""What the administration's pages call what programs call by a code."""

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
    "policy-changed": "veranderde de afspraken over de assistent",
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
    "searchable": "doorzoekbaar",
    "waiting": "wordt verwerkt",
    "not-yet-valid": "telt nog niet",
    "expired": "verlopen",
}


def in_words(code: str) -> str:
    """Give a code in words; the code itself where there are none."""
    return _WORDS.get(code, code)
