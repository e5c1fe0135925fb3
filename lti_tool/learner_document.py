"""A learner's data as a page of its own: a file to keep and to read, that needs no script and no network."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined

from veranderkracht.languages import locale, say
from veranderkracht.moments import HOME
from veranderkracht.web import translate


def day(moment: str) -> str:
    """Give a moment's day as people here say it: in Dutch 2 maart 2026."""
    return _as(moment, "d MMMM y")


def page(document: Mapping[str, Any]) -> str:
    """Give what `learner_data.of_learner` gave as one HTML file, in the language of the moment."""
    environment = Environment(loader=PackageLoader("lti_tool"), autoescape=True, undefined=StrictUndefined)
    translate(environment)
    environment.globals["say"] = say
    return environment.get_template("learner_document.html").render(data=document, when=_when)


def _when(moment: str) -> str:
    return say("{day} om {time}", day=day(moment), time=_as(moment, "HH:mm"))


def _as(moment: str, pattern: str) -> str:
    return format_datetime(datetime.fromisoformat(moment).astimezone(HOME), pattern, locale=locale())
