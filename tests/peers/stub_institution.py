"""An institution's OpenID Connect server over HTTP, that says what a test tells it to; faults included.

Speaks Discovery, the authorization endpoint, the token endpoint with PKCE, and JWKS. Whoever `subject` names is signed
in there, without being asked.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as AnyResponse

CLIENT, SECRET = "veranderkracht", "geheim-van-de-instelling"


@dataclass
class Institution:
    """What it says.

    Args:
        issuer: its address.
        subject: who is signed in there.
        claims: instead of, or beside, those of an honest token; None takes one away.
        about: instead of, or beside, what an honest server says of itself.
        also: beside `code` and `state`, in the answer by way of the browser.
        key: that tokens are signed with; `published` is the one that JWKS gives.
    """

    issuer: str
    subject: str = "u-1234"
    claims: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    published: rsa.RSAPrivateKey | None = None
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def running() -> Iterator[Institution]:
    """Run one on a free port."""
    app = Flask(__name__)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    said = Institution(f"http://127.0.0.1:{server.port}/west")
    _speak(app, said)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield said
    finally:
        server.shutdown()
        thread.join()


def _speak(app: Flask, said: Institution) -> None:
    @app.get("/west/.well-known/openid-configuration")
    def about() -> dict[str, Any]:
        return {
            "issuer": said.issuer,
            "authorization_endpoint": f"{said.issuer}/authorize",
            "token_endpoint": f"{said.issuer}/token",
            "jwks_uri": f"{said.issuer}/keys",
            **said.about,
        }

    @app.get("/west/authorize")
    def authorize() -> AnyResponse:
        asked = request.args.to_dict()
        code = f"code-{len(said.codes)}"
        said.codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **said.also})}")

    @app.post("/west/token")
    def token() -> AnyResponse:
        asked = said.codes.pop(request.form["code"], None)
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        proven = asked and asked["code_challenge"] == base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        known = request.authorization
        if not proven or known is None or (known.username, known.password) != (CLIENT, SECRET):
            return Response(json.dumps({"error": "invalid_grant"}), 400, mimetype="application/json")
        now = int(time.time())
        claims = {
            "iss": said.issuer, "aud": CLIENT, "sub": said.subject, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **said.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key: Any = said.key if said.algorithm == "RS256" else SECRET * 2 if said.algorithm == "HS256" else None
        signed = jwt.encode(claims, key, algorithm=said.algorithm, headers={"kid": "k1"})
        told = {"access_token": "a", "token_type": "Bearer", "id_token": signed}
        return Response(json.dumps(told), mimetype="application/json")

    @app.get("/west/keys")
    def keys() -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk((said.published or said.key).public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "k1", "use": "sig"}]}
