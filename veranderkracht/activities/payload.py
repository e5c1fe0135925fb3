"""Reads what a page sends with an operation: one JSON object, without what no database keeps."""

import json
from typing import Any

from veranderkracht.errors import BadInput
from veranderkracht.languages import say


def read_payload(body: bytes) -> dict[str, Any]:
    """Give the JSON object that a request carries.

    Raises:
        BadInput: it is no JSON, or not an object.
    """
    try:
        payload = _clean(json.loads(body))
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise BadInput(say("De aanvraag kwam niet goed aan. Probeer het opnieuw."))
    return payload


def _clean(value: Any) -> Any:
    """Take out NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return value
