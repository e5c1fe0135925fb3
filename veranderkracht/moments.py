"""Moments as people say them, in Belgian time and in the language that is spoken now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from veranderkracht.languages import locale, say

HOME = ZoneInfo("Europe/Brussels")


def near(moment: datetime, now: datetime) -> str:
    """Give a moment in words, in Belgian time: in Dutch "vandaag om 21:14", then "gisteren om 21:14", and so on."""
    there, today = moment.astimezone(HOME), now.astimezone(HOME)
    time, days = f"{there:%H:%M}", (today.date() - there.date()).days
    if days == 0:
        return say("vandaag om {time}", time=time)
    if days == 1:
        return say("gisteren om {time}", time=time)
    if 1 < days < 7:
        return say("{day} om {time}", day=_as(there, "EEEE"), time=time)
    day = _as(there, "d MMMM" if there.year == today.year else "d MMMM y")
    return say("op {day} om {time}", day=day, time=time)


def exact(moment: datetime) -> str:
    """Give a moment in full, in Belgian time."""
    return _as(moment.astimezone(HOME), "EEEE d MMMM y, HH:mm:ss")


def _as(moment: datetime, pattern: str) -> str:
    return format_datetime(moment, pattern, locale=locale())
