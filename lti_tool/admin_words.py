"""How the administration says things: moments in words, and what stands in the audit log."""

from datetime import datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Brussels")
_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()
_DAYS = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()

ACTS = {
    "registration-added": "voegde een leeromgeving toe",
    "registration-changed": "wijzigde een leeromgeving",
    "registration-renewed": "bracht een leeromgeving bij",
    "deployment-added": "voegde een deployment toe",
    "deployment-removed": "verwijderde een deployment",
    "deployment-switched-off": "zette een deployment uit",
    "deployment-switched-on": "zette een deployment weer aan",
    "deployment-accepted": "aanvaardde een deployment",
    "connection-tested": "testte een verbinding",
    "invite-made": "maakte een uitnodiging",
    "invite-withdrawn": "trok een uitnodiging in",
    "admin-link-made": "maakte een aanmeldlink",
    "admin-signed-in": "meldde zich aan",
    "admin-signed-out": "meldde zich af",
    "admin-signed-out-everywhere": "meldde zich overal af",
    "learner-exported": "exporteerde de gegevens van een lerende",
    "learner-forgotten": "wiste de gegevens van een lerende",
    "retention-changed": "veranderde de bewaartermijn",
    "retention-cleaned": "wiste wie lang wegbleef",
}
WAYS = {
    "cookie": "in het kader, met een cookie",
    "storage": "in het kader, via de opslag van de leeromgeving",
    "window": "in een nieuw venster",
}


def near(moment: datetime, now: datetime) -> str:
    """Give a moment in words, in Belgian time: "om 21:14" for today, then "gisteren om 21:14", and so on."""
    there, today = moment.astimezone(HOME), now.astimezone(HOME)
    at, days = f"om {there:%H:%M}", (today.date() - there.date()).days
    if days == 0:
        return f"vandaag {at}"
    if days == 1:
        return f"gisteren {at}"
    if 1 < days < 7:
        return f"{_DAYS[there.weekday()]} {at}"
    year = "" if there.year == today.year else f" {there.year}"
    return f"op {there.day} {_MONTHS[there.month - 1]}{year} {at}"


def exact(moment: datetime) -> str:
    """Give a moment in full, in Belgian time."""
    there = moment.astimezone(HOME)
    return f"{_DAYS[there.weekday()]} {there.day} {_MONTHS[there.month - 1]} {there.year}, {there:%H:%M:%S}"


def way(code: str) -> str:
    """Give in words how a launch came in."""
    return WAYS.get(code, code)


def act(code: str) -> str:
    """Give an act of the audit log in words; the code itself where there are none."""
    return ACTS.get(code, code)
