"""Passkeys (WebAuthn Level 3): the one file that knows the library. Challenges are ours, asked once and answered soon.

A passkey must verify its user (a finger, a face, a pin) and be found without a name, so that signing in is one gesture.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from assistant_service import audit
from assistant_service.administration import tries
from assistant_service.administration.people import digest, person_of
from assistant_service.administration.tables import AdministratorRow, PasskeyRow
from veranderkracht.errors import NotSignedIn
from veranderkracht.languages import say

_LASTS = timedelta(minutes=5)
_SERVICE = "Veranderkracht beheer"


@dataclass(frozen=True)
class Asked:
    """What a browser is asked.

    Args:
        id: of this try, to give back with the answer.
        options: for `navigator.credentials`, as JSON.
    """

    id: str
    options: dict[str, Any]


def ask_new(session: Session, person: AdministratorRow, address: str, at: datetime) -> Asked:
    """Ask for a new passkey of somebody.

    Args:
        session: to write with.
        person: whose it will be.
        address: our own, as the browser sees it.
        at: when.
    """
    options = webauthn.generate_registration_options(
        rp_id=_host(address),
        rp_name=_SERVICE,
        user_name=f"{person.name} · {person.tenant.name}",
        user_id=bytes.fromhex(person.handle),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return _begin(session, json.loads(webauthn.options_to_json(options)), {"person": person.id}, at)


def add(
    session: Session, person: AdministratorRow, id: str, answer: dict[str, Any], address: str, at: datetime
) -> None:
    """Keep the passkey that a browser made.

    Raises:
        NotSignedIn: `passkey-refused`.
    """
    told = _take(session, id, at)
    if told.get("person") != person.id:
        raise _refused()
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(told["challenge"]),
            expected_rp_id=_host(address),
            expected_origin=_origin(address),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise _refused() from fault
    key = digest(bytes_to_base64url(made.credential_id))
    if session.get(PasskeyRow, key) is not None:
        raise _refused()
    session.add(
        PasskeyRow(
            id_hash=key,
            administrator_id=person.id,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            added_at=at,
            used_at=None,
        )
    )
    audit.note(session, "passkey-added", tenant_id=person.tenant_id, by=person_of(person).acts_as, at=at)


def ask(session: Session, address: str, at: datetime) -> Asked:
    """Ask whoever it is to show a passkey."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(address), user_verification=UserVerificationRequirement.REQUIRED
    )
    return _begin(session, json.loads(webauthn.options_to_json(options)), {}, at)


def recognise(session: Session, id: str, answer: dict[str, Any], address: str, at: datetime) -> AdministratorRow:
    """Give whose passkey was shown.

    Raises:
        NotSignedIn: `passkey-refused`.
    """
    told = _take(session, id, at)
    credential = answer.get("id")
    row = session.get(PasskeyRow, digest(credential)) if isinstance(credential, str) else None
    person = session.get(AdministratorRow, row.administrator_id) if row is not None else None
    if row is None or person is None or person.removed_at is not None or "person" in told:
        raise _refused()
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(told["challenge"]),
            expected_rp_id=_host(address),
            expected_origin=_origin(address),
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise _refused() from fault
    row.sign_count, row.used_at = shown.new_sign_count, at
    return person


def number_of(session: Session, person: AdministratorRow) -> int:
    """Give how many passkeys somebody has."""
    return len(session.scalars(select(PasskeyRow.id_hash).where(PasskeyRow.administrator_id == person.id)).all())


def _begin(session: Session, options: dict[str, Any], about: dict[str, Any], at: datetime) -> Asked:
    return Asked(tries.begin(session, {**about, "challenge": options["challenge"]}, at, _LASTS), options)


def _take(session: Session, id: str, at: datetime) -> dict[str, Any]:
    told = tries.take(session, id, at)
    if told is None or "challenge" not in told:
        raise _refused()
    return told


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _refused() -> NotSignedIn:
    # One answer for all that can be wrong: it tells nobody who is known here.
    return NotSignedIn(
        say(
            "Deze toegangssleutel werkt hier niet (meer). Probeer het opnieuw, of vraag een beheerder"
            " om een nieuwe uitnodiging."
        ),
        code="passkey-refused",
    )
