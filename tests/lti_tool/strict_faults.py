"""What platforms do wrong, one call at a time, for `Wire.disturb`: slow, failing and lying answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.lti_tool.strict_wire import Fault, Handler, Reply
from tests.lti_tool.world import Asked

LOGIN_PAGE = b"<!DOCTYPE html>\n<html lang='nl'><title>Aanmelden</title><h1>Meld je aan</h1></html>"


def failing(status: int, **headers: str) -> Fault:
    """Answer with a status, and do nothing."""
    return answering(b"", "text/plain", status, **headers)


def answering(body: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> Fault:
    """Answer with these bytes, and do nothing."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked, proper: (status, kind, body, named)


def shaped(value: Any) -> Fault:
    """Answer with JSON of another shape than the one that was asked for."""
    return answering(json.dumps(value).encode())


def web_page(status: int = 200) -> Fault:
    """Show a login page where a service was called, as a platform behind single sign-on does."""
    return answering(LOGIN_PAGE, "text/html; charset=utf-8", status)


def huge() -> Fault:
    """Answer with more than anybody can want."""
    return answering(json.dumps([{"id": "x" * 1000}] * 2000).encode())


def nested() -> Fault:
    """Answer with JSON that goes deeper than a parser can follow."""
    return answering(b"[" * 200_000)


def redirecting(to: str, status: int = 302) -> Fault:
    """Send the caller elsewhere."""
    return answering(b"", "text/plain", status, Location=to)


def lying_of_length(difference: int) -> Fault:
    """Do what was asked, and announce an answer that is longer or shorter than it is."""

    def lie(asked: Asked, proper: Handler) -> Reply:
        status, kind, body, headers = proper(asked)
        # An answer without a body is made one with, so that there is something to lie about.
        status, body = (200, b'{"ok": 1}') if status == 204 else (status, body)
        return status, kind, body, {**headers, "Content-Length": str(max(len(body) + difference, 0))}

    return lie


def changed(**fields: Any) -> Fault:
    """Do what was asked, and say something else of it in the answer's JSON."""

    def change(asked: Asked, proper: Handler) -> Reply:
        status, kind, body, headers = proper(asked)
        return status, kind, json.dumps({**json.loads(body), **fields}).encode(), headers

    return change


def forgetful(status: int = 502) -> Fault:
    """Do what was asked, and answer that it failed."""

    def forget(asked: Asked, proper: Handler) -> Reply:
        proper(asked)
        return status, "text/plain", b"", {}

    return forget


@contextmanager
def silent() -> Iterator[Fault]:
    """Give a fault that says nothing for as long as the block lasts, and does nothing."""
    over = threading.Event()

    def wait(asked: Asked, proper: Handler) -> Reply:
        over.wait(60)
        return 503, "text/plain", b"", {}

    try:
        yield wait
    finally:
        over.set()
