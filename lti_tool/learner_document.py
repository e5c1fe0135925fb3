"""A learner's data as a page of its own: a file to keep and to read, that needs no style, script or network."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def page(document: Mapping[str, Any]) -> str:
    """Give what `learner_data.of_learner` gave as one HTML file."""
    environment = Environment(loader=PackageLoader("lti_tool"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("learner_document.html").render(data=document)
