"""What a sidecar may count on in what a host signs, and a learner in their pseudonym."""

from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.core.assignments import assignment
from veranderkracht.host_tokens import AUDIENCE, HostKey, pseudonym

AT = datetime(2026, 3, 2, tzinfo=UTC)


def host_key(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> HostKey:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return HostKey(kid="k1", issuer="https://lms.test", tenant="west", private_pem=pem, tenant_key=b"geheim")


KEYS = [ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)]


@pytest.mark.parametrize("private", KEYS, ids=["ed25519", "rsa"])
def test_a_browser_token_lives_ten_minutes_and_names_one_person_on_one_step(private: rsa.RSAPrivateKey) -> None:
    token, ends = host_key(private).browser_token(learner="abc", role="learner", course="c1", step="m/s", at=AT)
    claims = jwt.decode(
        token, private.public_key(), algorithms=["EdDSA", "RS256"], audience=AUDIENCE, options={"verify_exp": False}
    )
    assert claims["exp"] - claims["iat"] == 600 and ends.timestamp() == claims["exp"]
    assert (claims["sub"], claims["role"], claims["tenant"], claims["step"]) == ("abc", "learner", "west", "m/s")
    assert jwt.get_unverified_header(token)["kid"] == "k1"
    again, _ = host_key(private).browser_token(learner="abc", role="learner", course="c1", step="m/s", at=AT)
    assert again != token  # every token has a jti of its own


def test_a_signed_snapshot_carries_its_own_hash() -> None:
    private = KEYS[0]
    snapshot = assignment("reflectie").snapshot
    claims = jwt.decode(host_key(private).sign_snapshot(snapshot), private.public_key(), algorithms=["EdDSA"])
    assert claims["hash"] == snapshot.hash
    assert type(snapshot).model_validate(claims["snapshot"]) == snapshot


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        host_key(ec.generate_private_key(ec.SECP256R1())).server_token(at=AT)


def test_a_host_key_does_not_print_its_secrets() -> None:
    shown = repr(host_key(KEYS[0]))
    assert "PRIVATE" not in shown and "geheim" not in shown


def test_one_person_has_one_pseudonym_per_tenant_and_nobody_shares_it() -> None:
    hanne = pseudonym(b"west", "https://lms.test", "5")
    assert hanne == pseudonym(b"west", "https://lms.test", "5")
    others = [
        pseudonym(b"zuid", "https://lms.test", "5"),
        pseudonym(b"west", "https://ander.test", "5"),
        pseudonym(b"west", "https://lms.test", "6"),
    ]
    assert hanne not in others and len(set(others)) == 3
