"""Profiles of conversations: what each is for, its method as moves in order, its limits and its tone.

Files in `data/profiles`; a module's own supervision text (module.yaml) gives the supervisor its opening and questions.
"""

import functools
from collections.abc import Collection
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from veranderkracht.errors import NotFound
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import SupervisionProfile

SUPERVISION = "supervisie"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Move(_Part):
    """One move of a method: what it is after, how the guide introduces it, and questions to ask."""

    aim: str
    says: str
    questions: tuple[str, ...] = Field(min_length=2)


class Profile(_Part):
    """A kind of conversation.

    Args:
        id: permanent.
        order: its place in the list.
        title: for people.
        about: when one chooses it.
        opening: the first thing that is said.
        method: its name in the field.
        moves: in order.
        limits: what it never does.
        tone: how it speaks.
    """

    id: str
    order: int
    title: str
    about: str
    opening: str
    method: str
    moves: tuple[Move, ...] = Field(min_length=3)
    limits: tuple[str, ...] = Field(min_length=1)
    tone: tuple[str, ...] = Field(min_length=1)


@functools.lru_cache(maxsize=1)
def every() -> tuple[Profile, ...]:
    """Give all profiles, in order."""
    folder = files("assistant_service") / "data" / "profiles"
    found = [Profile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in folder.iterdir()]
    return tuple(sorted(found, key=lambda profile: profile.order))


def offered(off: Collection[str]) -> tuple[Profile, ...]:
    """Give the profiles that a tenant did not turn off."""
    return tuple(profile for profile in every() if profile.id not in off)


def find(id: str, off: Collection[str] = ()) -> Profile:
    """Give a profile.

    Raises:
        NotFound: `profile-unknown`: there is none, or the tenant turned it off.
    """
    for profile in offered(off):
        if profile.id == id:
            return profile
    raise NotFound(say("Dit soort gesprek is er hier niet (meer). Kies een ander."), code="profile-unknown")


@functools.lru_cache(maxsize=256)
def of_module(slug: str) -> SupervisionProfile | None:
    """Give a module's own supervision text, or None for a module that is not installed here or has none."""
    library = Library.installed()
    try:
        return library.module(slug).supervision
    except NotFound:
        return None


def opening(profile: Profile, module: str) -> str:
    """Give the first thing that is said in a conversation of this kind, at a module."""
    own = of_module(module) if profile.id == SUPERVISION else None
    return own.opening if own else profile.opening
