"""How a handler reads what a page sends, and what it answers: JSON, or problem+json (docs/contracts.md, §3).

The platform checks the session before a handler is called, and at its usual address the CSRF token.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from webob import Request, Response

from veranderkracht.activities.payload import read_payload
from veranderkracht.errors import ContentError, Forbidden, VkError
from veranderkracht.languages import later, say

log = logging.getLogger("xblocks")

MAX_BYTES = 1_000_000


class NotPosted(VkError):
    """An operation was asked for by another method than POST."""

    status = 405
    code = "method-not-allowed"
    title = later("Zo gaat het niet")


class NotJson(VkError):
    """Something else than JSON was sent."""

    status = 415
    code = "not-json"
    title = later("Zo gaat het niet")


class TooLarge(VkError):
    """More was sent than any work may count."""

    status = 413
    code = "too-large"
    title = later("Te groot")


def payload(request: Request) -> dict[str, Any]:
    """Give the JSON object that a page sent.

    Raises:
        NotPosted, NotJson, TooLarge, BadInput: it is no such thing.
        Forbidden: the page is another site's.
    """
    if request.method != "POST":
        raise NotPosted(say("Een bewerking wordt met POST gevraagd."))
    # The LMS has a second address for handlers, for outside services, where it checks no CSRF token. A browser lets a
    # page send JSON to another origin only when that origin has said yes; newer ones also tell where it came from.
    if request.content_type != "application/json":
        raise NotJson(say("Een bewerking wordt in JSON gevraagd."))
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden(
            say("Deze vraag kwam van een andere website. Open de stap vanuit je cursus."), code="cross-site"
        )
    if (request.content_length or 0) > MAX_BYTES or len(request.body) > MAX_BYTES:
        raise TooLarge(say("Dit is te groot om te bewaren. Kort je tekst in."))
    return read_payload(request.body)


def answer(content: Mapping[str, Any]) -> Response:
    """Give the response of an operation that went well."""
    return _json(content, 200, "application/json")


def problem(error: VkError) -> Response:
    """Give the response of an operation that was refused."""
    if isinstance(error, ContentError):
        log.error("content does not load: %s", error.detail)
        told = VkError(say("In deze module zit een fout. De beheerder vindt in het logboek waar."), code=error.code)
        told.status, told.title = error.status, error.title
        error = told
    return _json(error.problem(), error.status, "application/problem+json")


def _json(content: Mapping[str, Any], status: int, kind: str) -> Response:
    response = Response(json.dumps(content), status=status, content_type=kind, charset="utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
