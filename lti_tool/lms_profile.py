"""The shape of what is known of an LMS; what is known stands in `lms_profiles.py`."""

from dataclasses import dataclass

LOGIN, LAUNCH, JWKS = "login", "launch", "jwks"


@dataclass(frozen=True)
class Value:
    """Something to copy into the LMS.

    Args:
        name: the field, as the LMS calls it.
        kind: one of our addresses (`login`, `launch`, `jwks`; `base`: what is before them; `host`: our host's name;
            `redirects`: the launch address as a JSON list), `pem` for our public key, or `text`.
        text: for `text`: what to copy.
        note: when or where, if the name does not say it.
    """

    name: str
    kind: str
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Addresses:
    """Where an LMS answers.

    Each as it is everywhere, or with `{lms}` for its own address and `{client_id}` for our name there; empty when only
    the LMS can tell.
    """

    issuer: str = ""
    auth_url: str = ""
    token_url: str = ""
    jwks_url: str = ""
    token_audience: str = ""


@dataclass(frozen=True)
class Profile:
    """An LMS.

    Args:
        slug: in our addresses.
        name: of the LMS.
        where: where in the LMS its administrator fills these values in.
        values: what to copy into it.
        back: what the LMS shows after that, and how it calls each: our field's name to its words.
        at: where it answers.
        deployment: what a deployment id looks like.
        hints: what to look at.
        frame: whether the address that people see differs from the issuer, so that it must be given apart.
        address: whether to ask for the LMS's own address.
        variant: how this one differs from its siblings; empty for the usual one.
    """

    slug: str
    name: str
    where: str
    values: tuple[Value, ...]
    back: dict[str, str]
    at: Addresses = Addresses()
    deployment: str = ""
    hints: tuple[str, ...] = ()
    frame: bool = False
    address: bool = True
    variant: str = ""
