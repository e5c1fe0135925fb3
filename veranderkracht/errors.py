"""The one hierarchy of errors that people may meet.

Each carries a stable code for programs, an HTTP status and a message for people, in the language of the moment. The
core raises; one handler per app turns it into a response with `problem`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from veranderkracht.languages import later, say


class VkError(Exception):
    """Something a person can be told about.

    Args:
        detail: the Dutch message, with what to do next.
        code: a stable code for programs; each class has its own default.
        extra: further JSON-able keys for the problem document, such as the current draft.
    """

    status = 400
    code = "bad-request"
    title = later("Dat kan niet")

    def __init__(self, detail: str, *, code: str | None = None, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.extra = dict(extra or {})

    def problem(self) -> dict[str, Any]:
        """Give the body of an application/problem+json response (RFC 9457)."""
        return {
            "type": "about:blank",
            "title": say(self.title),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }


class BadInput(VkError):
    """The request itself is malformed: a missing key, a wrong type."""

    code = "bad-input"
    title = later("Onvolledige aanvraag")


class NotSignedIn(VkError):
    """No valid token or session."""

    status = 401
    code = "session-expired"
    title = later("Je sessie is verlopen")


class Forbidden(VkError):
    """A known person without the right to do this."""

    status = 403
    code = "forbidden"
    title = later("Geen toegang")


class NotFound(VkError):
    """It does not exist, or not for this person."""

    status = 404
    code = "not-found"
    title = later("Niet gevonden")


class Conflict(VkError):
    """Somebody, or the same person elsewhere, was first."""

    status = 409
    code = "conflict"
    title = later("Intussen is er iets veranderd")


class Rejected(VkError):
    """Well-formed, but against the rules of the activity."""

    status = 422
    code = "rejected"
    title = later("Nog niet in orde")


class TooMany(VkError):
    """A limit is reached."""

    status = 429
    code = "rate-limited"
    title = later("Even wachten")


class Unavailable(VkError):
    """A part that this needs does not answer."""

    status = 503
    code = "unavailable"
    title = later("Nu niet bereikbaar")


class Fault(NamedTuple):
    """One thing that is wrong in a content file; `line` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class ContentError(VkError):
    """Files of a module, a rubric or the knowledge base that do not hold together, with all their faults at once."""

    status = 500
    code = "content-invalid"
    title = later("Deze inhoud klopt niet")

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))
