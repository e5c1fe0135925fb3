"""Moments as people say them, in Belgian time."""

from datetime import datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Brussels")
_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()
_DAYS = "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()


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
