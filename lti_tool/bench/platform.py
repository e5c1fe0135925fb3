"""The platform that the bench launches from: it publishes a key, and signs what a launch needs. No more than that.

Signing is kept apart, so that the bench can leave it out of what it measures.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from lti_tool.registrations import Registration

CLIENT, DEPLOYMENT, TENANT = "bench", "1", "bench"
MODULE, STEP = "samen-kijken", "eigen-praktijk"
_LTI = "https://purl.imsglobal.org/spec/lti/claim/"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/"
_LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
_PEOPLE = 50  # as many as a large class


@dataclass(frozen=True)
class Platform:
    """A platform with one course and one link.

    Args:
        issuer: its address.
        key: signs its tokens.
    """

    issuer: str
    key: RSAPrivateKey

    @property
    def registration(self) -> Registration:
        """This platform as an administrator registers it."""
        at = self.issuer
        return Registration(at, CLIENT, f"{at}/auth", f"{at}/token", f"{at}/jwks")

    @property
    def public_pem(self) -> str:
        """The public key in PEM, for who asks no key set."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def id_token(self, number: int, nonce: str, target: str, at: datetime) -> str:
        """Sign a learner's launch.

        Args:
            number: of the launch; it says which learner comes.
            nonce: as the tool asked.
            target: the tool's launch address.
            at: the present moment.
        """
        second, person = int(at.timestamp()), number % _PEOPLE
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": f"{person}",
            "name": f"Lerende {person}",
            "iat": second,
            "exp": second + 60,
            "nonce": nonce,
            f"{_LTI}version": "1.3.0",
            f"{_LTI}message_type": "LtiResourceLinkRequest",
            f"{_LTI}deployment_id": DEPLOYMENT,
            f"{_LTI}target_link_uri": target,
            f"{_LTI}roles": [_LEARNER],
            f"{_LTI}resource_link": {"id": "link-1"},
            f"{_LTI}context": {"id": "cursus-1"},
            f"{_LTI}custom": {"module": MODULE, "step": STEP},
            f"{_AGS}claim/endpoint": {
                "scope": [f"{_AGS}scope/score"],
                "lineitem": f"{self.issuer}/lineitem?type_id=1",
            },
        }
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "bench"})


@contextmanager
def listening() -> Iterator[Platform]:
    """Give a platform whose key set can be fetched, on a free port of this machine."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    said = json.dumps({"keys": [{"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": "bench"}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Platform(f"http://127.0.0.1:{server.server_address[1]}", key)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
