"""A small LMS for the tests of the blocks: one site with people in roles, and what it was told of each of them."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from webob import Request
from xblock.fields import ScopeIds
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import DictKeyValueStore, KvsFieldData, MemoryIdManager, NullI18nService, Runtime

from veranderkracht.modules.library import Library

COURSE = "course-v1:West+VK+2026"
PARTS = {
    "vk_reading": ("xblocks.reading", "ReadingBlock", "samen-kijken", "vooraf"),
    "vk_case": ("xblocks.case", "CaseBlock", "samen-kijken", "de-linde"),
    "vk_quiz": ("xblocks.quiz", "QuizBlock", "samen-kijken", "toets"),
    "vk_reflection": ("xblocks.reflection", "ReflectionBlock", "samen-kijken", "eigen-praktijk"),
    "vk_worksheet": ("xblocks.worksheet", "WorksheetBlock", "samen-kijken", "participatiematrix"),
    "vk_scan": ("xblocks.scan", "ScanBlock", "organisatie-lezen", "vier-themas"),
}


class UsageKey(str):
    """A usage key, as far as the blocks look at it."""

    context_key = COURSE  # of most; each knows its own


@dataclass(frozen=True)
class Person:
    """Somebody at the site.

    Args:
        user_id: the platform's id; None for who is not signed in.
        looks_as: how a member of the course team looks: as themselves (""), as "learner", or as a learner's name.
    """

    user_id: int | None
    name: str = ""
    staff: bool = False
    looks_as: str = ""


HANNE = Person(11, "Hanne Coppens")
YUSUF = Person(12, "Yusuf Demir")
ELS = Person(21, "Els Wouters", staff=True)
ELS_AS_LEARNER = Person(21, "Els Wouters", staff=True, looks_as="learner")
ELS_AS_HANNE = Person(11, "Hanne Coppens", looks_as="hanne")  # the LMS binds the learner's own user then
PASSER_BY = Person(None)


class Users(UserService):
    """The LMS's user service: what edx-platform tells blocks of a person."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person
        look = SimpleNamespace(role="student", user_name=person.looks_as if person.looks_as != "learner" else None)
        self._django_user = SimpleNamespace(masquerade_settings={COURSE: look} if person.looks_as else {})

    def get_current_user(self) -> XBlockUser:
        user = XBlockUser(is_current_user=True, full_name=self.person.name or None)
        known = self.person.user_id is not None
        user.opt_attrs["edx-platform.is_authenticated"] = known
        if known:
            user.opt_attrs["edx-platform.user_id"] = self.person.user_id
            user.opt_attrs["edx-platform.anonymous_user_id"] = f"anoniem-{self.person.user_id}"
            user.opt_attrs["edx-platform.user_is_staff"] = self.person.staff and not self.person.looks_as
        return user


@dataclass
class Site:
    """One LMS: its field data, and what blocks published."""

    fields: DictKeyValueStore = field(default_factory=DictKeyValueStore)
    published: list[tuple[int | None, str, dict[str, Any]]] = field(default_factory=list)

    def runtime(self, person: Person, *, studio: bool = False) -> "SiteRuntime":
        """Give the runtime of a request of this person."""
        return SiteRuntime(self, person, studio=studio)

    def block(
        self, tag: str, person: Person, *, name: str = "b1", studio: bool = False, step: str | None = None
    ) -> Any:
        """Give a block of this kind as it is placed, for a request of this person."""
        room, class_name, module, usual = PARTS[tag]
        block = self._placed(room, class_name, tag, name, person, studio=studio)
        if step is None and not block.module:
            block.module, block.step = module, usual
            block.save()
        return block

    def at(self, module: str, step: str, person: Person, *, course: str = COURSE, name: str = "") -> Any:
        """Give the block of any step of any module, in this course or in another."""
        kind = next(each.kind for each in Library.installed().module(module).steps if each.id == step)
        room, class_name, *_ = PARTS[f"vk_{kind}"]
        block = self._placed(room, class_name, f"vk_{kind}", name or f"{module}.{step}", person, course=course)
        block.module, block.step = module, step
        block.save()
        return block

    def route(self, person: Person, *, course: str = COURSE, studio: bool = False) -> Any:
        """Give the block with the map of the route."""
        return self._placed("xblocks.route", "RouteBlock", "vk_route", "kaart", person, course=course, studio=studio)

    def _placed(
        self,
        room: str,
        class_name: str,
        tag: str,
        name: str,
        person: Person,
        *,
        course: str = COURSE,
        studio: bool = False,
    ) -> Any:
        cls = getattr(__import__(room, fromlist=[class_name]), class_name)
        usage = UsageKey(f"{course.replace('course', 'block', 1)}+type@{tag}+block@{name}")
        usage.context_key = course
        runtime = self.runtime(person, studio=studio)
        block = runtime.construct_xblock_from_class(cls, ScopeIds(person.user_id, tag, usage, usage))
        block.location = usage  # the LMS's own mixin gives it
        return block

    def call(self, tag: str, person: Person, operation: str, payload: Any = None, **place: Any) -> tuple[int, Any]:
        """Call an operation as a page does; give status and answer."""
        return call(self.block(tag, person, **place), operation, payload)


class SiteRuntime(Runtime):
    """The runtime of one request."""

    def __init__(self, site: Site, person: Person, *, studio: bool) -> None:
        ids = MemoryIdManager()
        services = {
            "field-data": KvsFieldData(site.fields),
            "user": Users(person),
            "i18n": NullI18nService(),
        }
        super().__init__(ids, ids, services=services)
        self.site, self.person, self.is_author_mode = site, person, studio

    def publish(self, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        self.site.published.append((self.person.user_id, event_type, event_data))

    def local_resource_url(self, block: Any, uri: str) -> str:
        return f"/resource/{block.scope_ids.block_type}/{uri}"

    def handler_url(self, *args: Any, **kwargs: Any) -> str:
        raise NotImplementedError

    def resource_url(self, resource: str) -> str:
        raise NotImplementedError


def call(block: Any, handler: str, payload: Any = None) -> tuple[int, Any]:
    """Call a block's handler through its runtime, as the LMS does; give status and answer."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload or {}).encode()
    request = Request.blank("/", method="POST", body=body, content_type="application/json")
    response = block.runtime.handle(block, handler, request)
    return response.status_int, json.loads(response.body)
