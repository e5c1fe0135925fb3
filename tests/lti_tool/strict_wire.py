"""How the strict platform listens: endpoints that refuse by raising, lists in pages, and faults on demand.

What an endpoint asks of its caller is `strict_access.py`'s, `strict_grades.py`'s and `strict_platform.py`'s.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.lti_tool.world import Asked, Listener

Reply = tuple[int, str, bytes, Mapping[str, str]]
Handler = Callable[[Asked], Reply]
Fault = Callable[[Asked, Handler], Reply]


class Wrong(Exception):
    """A request that the platform does not take: an HTTP status, why, and an OAuth error code where that is asked."""

    def __init__(self, status: int, why: str, code: str = "") -> None:
        super().__init__(why)
        self.status, self.why, self.code = status, why, code


def demand(truth: object, why: str, *, status: int = 400, code: str = "") -> None:
    """Refuse the request unless this is so."""
    if not truth:
        raise Wrong(status, why, code)


def said(body: Any, kind: str = "application/json", status: int = 200, **headers: str) -> Reply:
    """Answer with JSON."""
    return status, kind, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()}


def query_of(asked: Asked) -> dict[str, str]:
    """Give the query of a request, in which nothing may stand twice."""
    pairs = parse_qsl(urlsplit(asked.path).query, keep_blank_values=True)
    demand(len(dict(pairs)) == len(pairs), "a parameter of the query stands there twice")
    return dict(pairs)


def form_of(asked: Asked) -> dict[str, str]:
    """Give a posted form, in which nothing may stand twice."""
    kind = asked.headers.get("Content-Type", "").partition(";")[0]
    demand(kind == "application/x-www-form-urlencoded", f"a form is posted as {kind!r}")
    pairs = parse_qsl(asked.body.decode(), keep_blank_values=True)
    demand(len(dict(pairs)) == len(pairs), "a field of the form stands there twice")
    return dict(pairs)


def json_of(asked: Asked, kind: str) -> dict[str, Any]:
    """Give a posted JSON object, which must have come as this media type."""
    sent = asked.headers.get("Content-Type", "").partition(";")[0]
    demand(sent == kind, f"the media type is {sent!r}, not {kind!r}")
    try:
        body = json.loads(asked.body)
    except ValueError:
        raise Wrong(400, "the body is no JSON") from None
    demand(isinstance(body, dict), "the body is no JSON object")
    return dict(body)


class Wire:
    """The strict platform's paths on a listener.

    Args:
        listener: the server.
        root: before every path.
        page: rows in one page at most, whatever is asked.
    """

    def __init__(self, listener: Listener, root: str, page: int = 2) -> None:
        self.listener, self.root, self.page = listener, root, page
        self.refusals: list[str] = []
        self._faults: dict[str, list[Fault]] = {}

    @property
    def url(self) -> str:
        return self.listener.url + self.root

    def serve(self, path: str, **handlers: Handler) -> None:
        """Answer a path by method; another method gets 405, and what a handler finds wrong is kept in `refusals`."""
        faults = self._faults.setdefault(path, [])

        def proper(asked: Asked) -> Reply:
            try:
                demand(asked.method in handlers, f"{asked.method} is not for this path", status=405)
                return handlers[asked.method](asked)
            except Wrong as wrong:
                self.refusals.append(f"{path}: {wrong.status} {wrong.why}")
                body = {"error": wrong.code, "error_description": wrong.why} if wrong.code else {"why": wrong.why}
                return said(body, status=wrong.status)

        self.listener.answers[self.root + path] = lambda asked: (
            faults.pop(0)(asked, proper) if faults else proper(asked)
        )

    def disturb(self, path: str, *faults: Fault) -> None:
        """Let the next calls of a path go wrong, one call for each fault."""
        self._faults[path].extend(faults)

    def to(self, path: str) -> list[Asked]:
        """Give what reached a path."""
        return self.listener.to(self.root + path)

    def paged(
        self, asked: Asked, kind: str, rows: Sequence[Any], wrap: Callable[[list[Any]], Any] = lambda rows: rows
    ) -> Reply:
        """Answer a container of a service: at most `limit` rows, and a `Link` header to the next page.

        The links are written in the ways that a URL may be; the mark in them is the platform's own affair, and its
        letters count. `wrap` makes the document out of a page's rows (of memberships, an object with `members`).
        """
        demand(asked.headers.get("Accept") == kind, f"Accept is {asked.headers.get('Accept')!r}", status=406)
        query = query_of(asked)
        limit, mark = query.get("limit", str(self.page)), query.get("vanAf", "")
        demand(limit.isdecimal() and int(limit) > 0, f"limit is {limit!r}")
        known = {_mark(number): number for number in range(len(rows))}
        demand(not mark or mark in known, f"there is no page {mark!r}")
        start = known.get(mark, 0)
        end = start + min(int(limit), self.page)
        headers = {}
        if end < len(rows):
            following = urlencode({**query, "vanAf": _mark(end)})
            path = urlsplit(asked.path).path
            ways = (f"{self.listener.url}{path}?{following}", f"?{following}", f"{path}?{following}")
            headers["Link"] = f'<{self.url}/>; rel="first", <{ways[end // self.page % 3]}>; rel="next"'
        return said(wrap(list(rows[start:end])), kind, **headers)


def _mark(number: int) -> str:
    return base64.b64encode(f"Na:{number}/?".encode()).decode()
