"""A learner's data as a page of its own: a file to keep and to read, that needs no script and no network."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

HOME = ZoneInfo("Europe/Brussels")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def day(moment: str) -> str:
    """Give a moment's day as people here say it: 2 maart 2026."""
    at = datetime.fromisoformat(moment).astimezone(HOME)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def page(document: Mapping[str, Any]) -> str:
    """Give what `learner_data.of_learner` gave as one HTML file."""
    environment = Environment(loader=PackageLoader("lti_tool"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("learner_document.html").render(data=document, when=_when)


def _when(moment: str) -> str:
    return f"{day(moment)} om {datetime.fromisoformat(moment).astimezone(HOME):%H:%M}"
