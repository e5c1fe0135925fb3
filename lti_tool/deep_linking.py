"""Deep Linking 2.0 as messages: what a platform asks a teacher to choose, and the signed answer with the choice.

Source: LTI Deep Linking 2.0, chapter 2 to 4. The pages on which a teacher chooses are `picker.py`'s.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from pydantic import BaseModel, ConfigDict

from lti_tool.columns import column_of
from lti_tool.keys import SigningKey
from lti_tool.refusals import Refused
from lti_tool.registrations import Registration, origin
from veranderkracht.clock import iso
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module, Step

REQUEST = "LtiDeepLinkingRequest"
ANSWER_LIFETIME = timedelta(minutes=10)
ROUTE_MAP = "route"  # what `custom.module` says of a link to the map of the route; no module has this slug
MAX_DATA = 16 * 1024  # characters of the platform's own that we carry back

_LTI = "https://purl.imsglobal.org/spec/lti/claim/"
_DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_ITEM = "ltiResourceLink"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?|https?://\[[0-9A-Fa-f:.]+\](:\d+)?")

ROUTE_MAP_SAYS = "De fasen en modules van de route, hoe ver een lerende is, en wat nu past."

# A platform that knows these variables fills them in at each launch, also after a course was copied.
HISTORY = {"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"}


class Wish(BaseModel):
    """What a platform asks to be chosen.

    Args:
        return_url: where the browser posts the answer.
        data: the platform's own, to go back unchanged; None when it sent none.
        multiple: whether it takes more than one item.
        line_items: whether it may make columns in its gradebook; only an outspoken no counts as one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    return_url: str
    data: str | None
    multiple: bool
    line_items: bool


@dataclass(frozen=True)
class Dates:
    """From when an activity is open, and until when work is taken in; None: not said."""

    opens: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class Chosen:
    """One thing to place: a step, a whole module (no step), or the map of the route (no module either)."""

    module: Module | None = None
    step: Step | None = None


def read_wish(claims: Mapping[str, Any]) -> Wish:
    """Give what a Deep Linking request asks for.

    Raises:
        Refused: `deep-link-incomplete`: no settings, or no address to answer to; `deep-link-types`: no LTI links.
    """
    settings = claims.get(f"{_DL}deep_linking_settings")
    settings = settings if isinstance(settings, Mapping) else {}
    back, data, types = (settings.get(name) for name in ("deep_link_return_url", "data", "accept_types"))
    # Its origin goes into the page's policy, where a space or a semicolon would begin something else.
    if not isinstance(back, str) or len(back) > 2000 or not _ORIGIN.fullmatch(origin(back)):
        raise Refused("deep-link-incomplete", "deep_link_return_url ontbreekt of is geen adres")
    if data is not None and (not isinstance(data, str) or len(data) > MAX_DATA):
        raise Refused("deep-link-incomplete", "data is geen tekst, of te lang")
    if not isinstance(types, list) or _ITEM not in types:
        raise Refused("deep-link-types", f"accept_types is {str(types)[:120]!r}, zonder {_ITEM}")
    return Wish(
        return_url=back,
        data=data,
        multiple=settings.get("accept_multiple") is True,
        line_items=settings.get("accept_lineitem") is not False,
    )


def content_item(library: Library, chosen: Chosen, dates: Dates, *, line_items: bool, base_url: str) -> dict[str, Any]:
    """Give a choice as a content item; module and step stand in `custom`, which survives a copy of the course."""
    module, step = chosen.module, chosen.step
    item: dict[str, Any] = {"type": _ITEM, **_named(library, chosen), "url": f"{base_url}/lti/launch"}
    column = column_of(library, module, step) if module and step else None
    if column and line_items:
        item["lineItem"] = column.line_item()
    if dates.opens:
        item["available"] = {"startDateTime": iso(dates.opens)}
    # Only what is handed in has a moment to hand it in by.
    if dates.due and column:
        item["submission"] = {"endDateTime": iso(dates.due)}
    return item


def _named(library: Library, chosen: Chosen) -> dict[str, Any]:
    module, step = chosen.module, chosen.step
    if module is None:
        custom = {"module": ROUTE_MAP, **HISTORY}
        return {"title": library.route().title, "text": ROUTE_MAP_SAYS, "custom": custom}
    return {
        "title": step.title if step else module.title,
        "text": f"Uit de module {module.title}." if step else module.summary,
        "custom": {"module": module.slug, **({"step": step.id} if step else {}), **HISTORY},
    }


def answer(
    registration: Registration,
    deployment_id: str,
    wish: Wish,
    items: Sequence[Mapping[str, Any]],
    key: SigningKey,
    at: datetime,
) -> str:
    """Give the signed LtiDeepLinkingResponse; without items it says that nothing was chosen."""
    claims: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": [registration.issuer],
        "iat": int(at.timestamp()),
        "exp": int((at + ANSWER_LIFETIME).timestamp()),
        "nonce": str(uuid.uuid4()),
        f"{_LTI}message_type": "LtiDeepLinkingResponse",
        f"{_LTI}version": "1.3.0",
        f"{_LTI}deployment_id": deployment_id,
        f"{_DL}content_items": [dict(item) for item in items],
    }
    if wish.data is not None:
        claims[f"{_DL}data"] = wish.data
    return jwt.encode(claims, key.private_pem, algorithm="RS256", headers={"kid": key.kid})
