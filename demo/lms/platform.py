"""The platform's side of LTI 1.3: Open edX's own classes, set up outside Open edX.

Launches, access tokens and their checks are lti-consumer-xblock's; what they are about is `course.py`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from demo.lms.course import COURSE_ID, COURSE_TITLE, Person, Placement

CLIENT_ID = "veranderkracht-demo"
DEPLOYMENT_ID = "1"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
)
RESULT_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"


@dataclass(frozen=True)
class Addresses:
    """Where the platform and the tool are, without a slash at the end."""

    lms: str
    tool: str


class Platform:
    """Launches of placed steps, for people of the course.

    Args:
        addresses: of the LMS itself (also its issuer) and of the tool.
        key_file: where the platform's private key is kept; made when it is not there.
    """

    def __init__(self, addresses: Addresses, key_file: Path) -> None:
        self.addresses = addresses
        _set_up_django(addresses.lms)
        self._pem = _private_key(key_file)

    def login_url(self, person: Person, placement: Placement) -> str:
        """Give the address that starts a launch (third-party initiated login)."""
        from lti_consumer.data import Lti1p3LaunchData

        launch = Lti1p3LaunchData(
            user_id=person.id,
            user_role=person.role,
            config_id=placement.id,
            resource_link_id=placement.id,
            context_id=COURSE_ID,
        )
        return str(self._consumer().prepare_preflight_url(launch))

    def launch(self, preflight: Mapping[str, str], person: Person, placement: Placement) -> dict[str, str]:
        """Answer the tool's authentication request: give `id_token` and `state` for the form that the browser posts.

        Raises:
            PreflightRequestValidationFailure: the tool asked with a wrong client or an unknown redirect_uri.
        """
        consumer = self._consumer()
        consumer.set_user_data(user_id=person.id, role=person.role, full_name=person.name)
        consumer.set_resource_link_claim(placement.id, title=placement.title)
        consumer.set_context_claim(COURSE_ID, context_title=COURSE_TITLE)
        consumer.set_custom_parameters(
            {"module": placement.module} | ({"step": placement.step} if placement.step else {})
        )
        if placement.graded:
            consumer.enable_ags(
                lineitems_url=f"{self.addresses.lms}/ags/lineitems",
                lineitem_url=f"{self.addresses.lms}/ags/lineitems/{placement.id}?cursus={COURSE_ID}",
                allow_programmatic_grade_interaction=True,
            )
        request: dict[str, str] = consumer.generate_launch_request(preflight)
        return request

    def launch_data(self, hint: str) -> tuple[str, str] | None:
        """Give the person's and placement's ids of a launch that was started with this hint, or None."""
        from lti_consumer.utils import get_data_from_cache

        launch = get_data_from_cache(hint)
        return (launch.user_id, launch.resource_link_id) if launch else None

    def keys(self) -> dict[str, Any]:
        """Give the platform's public key set."""
        keys: dict[str, Any] = self._consumer().get_public_keyset()
        return keys

    def access_token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a client-credentials request of the tool.

        Raises:
            Lti1p3Exception: the assertion or the request is not in order.
        """
        token: dict[str, Any] = self._consumer().access_token(form)
        return token

    def allows(self, authorization: str, scopes: tuple[str, ...]) -> bool:
        """Tell whether an Authorization header carries a token of ours with one of these scopes."""
        from lti_consumer.lti_1p3.exceptions import Lti1p3Exception

        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer":
            return False
        try:
            return bool(self._consumer().check_token(token, list(scopes)))
        except Lti1p3Exception:
            return False

    def _consumer(self) -> Any:
        from lti_consumer.lti_1p3.consumer import LtiAdvantageConsumer

        return LtiAdvantageConsumer(
            iss=self.addresses.lms,
            lti_oidc_url=f"{self.addresses.tool}/lti/login",
            lti_launch_url=f"{self.addresses.tool}/lti/launch",
            client_id=CLIENT_ID,
            deployment_id=DEPLOYMENT_ID,
            rsa_key=self._pem,
            rsa_key_id="demo-lms-1",
            redirect_uris=[f"{self.addresses.tool}/lti/launch"],
            tool_keyset_url=f"{self.addresses.tool}/lti/jwks",
        )


def _set_up_django(lms: str) -> None:
    if not settings.configured:
        settings.configure(
            SECRET_KEY="the demo keeps nothing secret",
            PLATFORM_NAME="Demo-leeromgeving",
            LMS_ROOT_URL=lms,
            CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            USE_TZ=True,
        )
    django.setup()


def _private_key(path: Path) -> str:
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return path.read_text(encoding="ascii")
