"""What is said in the gallery: texts of learners, words of a teacher, answers of an assistant that reads nothing."""

from pathlib import Path
from typing import Any

from veranderkracht.activities.desk import Desk

NAMES = {
    "an": "An Wouters",
    "bilal": "Bilal Aksoy",
    "celine": "Céline De Backer",
    "dirk": "Dirk Lambrechts",
    "els": "Els Vanhoutte",
}

HERE = Path(__file__).parent
SOUP = (HERE / "texts" / "soep.txt").read_text(encoding="utf-8").strip()
SHORT = (HERE / "texts" / "algemeen.txt").read_text(encoding="utf-8").strip()
TEXTS = (SOUP, SHORT)
REMARK = "Ik zie het bord en de zin van de dochter voor me. Sterk dat je ook het knikken opschrijft."
COMMENT = (
    "Je schrijft eerlijk over iets dat klein lijkt en het niet is. Je stap naar de dochter is concreet.\n\n"
    "Neem de vraag hoe je het aan je team vertelt mee naar het volgende overleg: "
    "daar zit misschien je echte verandering."
)
NOTICE = (
    "<p>De meelezer leest je tekst en zegt per criterium wat al zichtbaar is. "
    "Hij geeft <strong>geen punten</strong>: dat doet alleen je docent.</p>"
    "<ul><li>Je tekst gaat naar de dienst van je hogeschool en wordt daar niet bewaard.</li>"
    "<li>Nummers en adressen laten we weg voor iemand ze leest.</li>"
    "<li>Schrijf nooit de naam van een bewoner, een naaste of een collega.</li></ul>"
)
CRISIS = {
    "title": "Je hoeft hier niet alleen mee te zitten",
    "text": "Uit je tekst lezen we dat het zwaar is. Je tekst is niet beoordeeld en blijft gewoon staan. "
    "Praat met iemand; dat kan nu meteen, gratis en zonder je naam te zeggen.",
    "contacts": [
        {"name": "Zelfmoordlijn", "tel": "1813", "url": "https://www.zelfmoord1813.be/", "text": "dag en nacht"},
        {"name": "Tele-Onthaal", "tel": "106", "url": "https://www.tele-onthaal.be/", "text": "om te praten"},
        {"name": "Noodgeval", "tel": "112", "url": "", "text": "bij direct gevaar"},
    ],
}

_SEEN = (
    ("situatie", "Een concrete situatie", "Ik zie het bord", "op het bord lag nog alles"),
    ("eigen-aandeel", "Je eigen aandeel", "Je noemt wat je deed en wat je voelde.", "Ik voelde me betrapt"),
    ("perspectieven", "Andere ogen", "Je laat de dochter iets bedoelen.", "Misschien was haar zin geen verwijt"),
)


def levels(desk: Desk, submission: str) -> dict[str, str]:
    """Give the last but one level of every graded criterion."""
    criteria = desk.work(submission)["rubric"]["criteria"]
    return {each["id"]: each["levels"][-2]["id"] for each in criteria if each["graded"]}


def comments(desk: Desk, submission: str) -> dict[str, str]:
    """Give a comment on the first criterion."""
    return {desk.work(submission)["rubric"]["criteria"][0]["id"]: REMARK}


def feedback_on_sheet(parts: dict[str, Any], asked: int) -> dict[str, Any]:
    """Give feedback on a worksheet, with a quote from a form and one from the third row of a list."""
    quotes = (parts["kijken"]["vergeten"], parts["betrokkenen"][2]["wie"], None, None)
    given = feedback("", asked)
    criteria = [
        {**one, "visible": quote is not None, "quote": quote, "remark": "Dit is een begin."}
        for one, quote in zip(given["criteria"], quotes, strict=True)
    ]
    return {**given, "criteria": criteria}


def feedback(text: str, asked: int) -> dict[str, Any]:
    """Give feedback whose quotes are in the text, as the assistant promises."""
    seen = [
        {
            "criterion": criterion,
            "title": title,
            "visible": quote in text,
            "quote": quote if quote in text else None,
            "remark": remark if quote in text else "",
            "question": "Wat zag je precies, voor je er iets van vond?",
            "next_step": "Voeg één zin toe met wat iemand letterlijk zei.",
        }
        for criterion, title, remark, quote in _SEEN
    ]
    unseen = {
        "criterion": "inzicht",
        "title": "Wat je begrijpt",
        "visible": False,
        "quote": None,
        "remark": "",
        "question": "Welke verwachting had jij zelf, zonder ze te zeggen?",
        "next_step": "Schrijf op wat je een week geleden nog anders zag.",
    }
    return {
        "id": f"f-{asked}",
        "by": {
            "kind": "guide",
            "name": "De wegwijzer",
            "says": "Dit is een ingebouwde gids zonder taalmodel: hij zoekt sporen van elk criterium "
            "in je zinnen en kan iets over het hoofd zien.",
        },
        "criteria": [*seen, unseen],
        "sources": [
            {
                "title": "Verwachtingen uitspreken",
                "url": "https://izi.nu/",
                "text": "Bij Kwadrant begon het gesprek met wat mensen geloven over hulp vragen en hulp geven, "
                "en pas daarna met wie wat doet.",
            },
            {"title": "Rollen van naasten", "url": "", "text": "Een naaste kan partner en deskundige tegelijk zijn."},
            {"title": "Jaarbericht", "url": "urn:isbn:9789401", "text": "Een boek zonder plaats op het web."},
        ],
        "attempts": {"used": asked, "allowed": 3},
        "redacted": ["telefoonnummer"] if "04" in text else [],
    }
