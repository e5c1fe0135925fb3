"""Two institutions in one sidecar, each with something of every kind, and every text of theirs marked as theirs.

`World.call` makes a call and holds it to the promise: no mark of the other institution comes back, goes to this one's
language model, or is in a row of the other's that changed. What there is to call stands in `every_call.py`.
"""

import functools
import hashlib
import io
import json
import shutil
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from assistant_service.administration import people, sessions
from assistant_service.administration.tables import AdministratorRow
from assistant_service.app import create_app
from assistant_service.configuration import read
from assistant_service.database import Database
from assistant_service.knowledge import building
from assistant_service.knowledge.indexing import work_off
from assistant_service.policies import Decision, Policy, Provider, save_policy
from assistant_service.services import Services
from assistant_service.tables import Base
from assistant_service.tenants import add_host_key, add_tenant, find_tenant
from tests.assistant_service.feedback.conftest import snapshot_of
from tests.assistant_service.hosts import NOW, Host
from tests.cast import HANNE, LEEN, WEST, ZUID
from tests.peers.stub_model import StubModel, says, streams
from veranderkracht.activities.store import TenantSlug

TENANTS = (WEST, ZUID)
MARKS = {WEST: "kwistelbeek", ZUID: "zwaluwdonk"}  # words of no language, as a text of the institution holds them
SUBJECTS = (HANNE, LEEN)  # the same pseudonyms in both: whoever looks at those alone mixes people up
STORY = "Ik voelde me betrapt en ik heb kortaf geantwoord in {}."
ADDRESS = "https://assistent.school.be"
_CALLS = 4  # of a language model that one call of ours may make
NOBODYS = {"administrator_tries"}  # tables whose rows belong to no institution


def other(tenant: TenantSlug) -> TenantSlug:
    """Give the other institution."""
    return ZUID if tenant == WEST else WEST


@dataclass
class Ids:
    """What one institution has that an id can be asked for."""

    conversations: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)


def hosts() -> dict[TenantSlug, Host]:
    """Give a host for each institution."""
    return {
        tenant: Host.make(tenant, f"https://lms.{MARKS[tenant]}.example", kid=f"sleutel-{tenant}") for tenant in TENANTS
    }


class World:
    """One sidecar with two institutions, on a folder of its own.

    Args:
        folder: of the database and the indexes; empty, or a copy of another world's.
        hosts: that sign.
        stub: the language model of west; zuid has the built-in guide.
    """

    def __init__(self, folder: Path, hosts: dict[TenantSlug, Host], stub: StubModel) -> None:
        self.folder, self.hosts, self.stub = folder, hosts, stub
        settings = {"VK_DATA": str(folder), "VK_ASSISTANT_BASE_URL": ADDRESS, "VK_MODEL_HOSTS": "127.0.0.1"}
        plenty = ("VK_MESSAGES_PER_HOUR", "VK_FEEDBACK_PER_HOUR", "VK_LEARNER_TURNS_PER_DAY")
        self.app: Flask = create_app(read({**settings, **dict.fromkeys(plenty, "10000")}), clock=lambda: NOW)
        self.services: Services = self.app.extensions["veranderkracht"]
        self.client: FlaskClient = self.app.test_client()
        self.heard = len(stub.requests)
        self.browsers: dict[tuple[TenantSlug, str], tuple[FlaskClient, str]] = {}
        self.prints: dict[TenantSlug, dict[str, str]] = {}

    def copy(self, folder: Path) -> "World":
        """Give the same world again, in another folder."""
        shutil.copytree(self.folder, folder)
        world = World(folder, self.hosts, self.stub)
        world.prints = world.rows()
        return world

    def close(self) -> None:
        """Let go of database and indexes."""
        self.services.knowledge.close()
        self.services.database.close()

    @functools.cached_property
    def tenant_ids(self) -> dict[TenantSlug, int]:
        """The rows of the two institutions."""
        with self.services.database.read() as session:
            return {tenant: find_tenant(session, tenant).id for tenant in TENANTS}

    def call(self, tenant: TenantSlug, method: str, path: str, *, leaves: bool = False, **sent: Any) -> TestResponse:
        """Make a call as somebody of an institution, and see that the other keeps what is its own to itself.

        Args:
            tenant: whose token or session it is.
            method: of the call.
            path: of the call.
            leaves: hang up after the first piece of the answer.
            sent: headers, `json` or `data`; and `client`, for a browser that is signed in.
        """
        while len(self.stub.behaviours) < _CALLS:
            self.stub.will(_answer)
        client: FlaskClient = sent.pop("client", self.client)
        answer = client.open(path, method=method, **sent)
        if leaves:
            shown = next(iter(answer.response), b"")
            answer.close()
            answer = TestResponse([shown], answer.status, answer.headers, answer.request)
        self._nothing_of(other(tenant), answer)
        self.only_changed(tenant, f"{method} {path}")
        return answer

    def shows(self, tenant: TenantSlug, answer: TestResponse) -> bool:
        """Tell whether an answer holds a mark of an institution."""
        told = _told(answer)
        return MARKS[tenant] in told or tenant in told

    def only_changed(self, tenant: TenantSlug, after: str) -> None:
        """Hold the other institution's rows and index to what they were before this one did something."""
        present, apart = self.rows(), other(tenant)
        before = self.prints[apart]
        changed = sorted(name for name in {*before, *present[apart]} if before.get(name) != present[apart].get(name))
        assert not changed, f"{after} of {tenant} changed {changed} of {apart}"
        self.prints = present

    def rows(self) -> dict[TenantSlug, dict[str, str]]:
        """Give, for each institution, a fingerprint of its rows in every table, and which index counts."""
        kept = rows_of(self.services.database)
        found = {tenant: dict(kept[id]) for tenant, id in self.tenant_ids.items()}
        for tenant in TENANTS:
            found[tenant]["index"] = building.versions_of(self.services.settings, tenant).current() or ""
        return found

    def browser(self, tenant: TenantSlug, role: str = "administrator") -> tuple[FlaskClient, str]:
        """Sign somebody in to the administration: a client, and the token of its forms."""
        with self.services.database.write() as session:
            signed = self.browsers.get((tenant, role))
            if signed is not None:
                cookie = signed[0].get_cookie("__Host-vk_admin", "localhost")
                if cookie is not None and sessions.find(session, cookie.value, NOW) is not None:
                    return signed
            name = f"{role} van {MARKS[tenant]}"
            mine = {"tenant_id": self.tenant_ids[tenant], "name": name, "removed_at": None}
            if (row := session.query(AdministratorRow).filter_by(**mine).one_or_none()) is None:
                people.invite(session, self.tenant_ids[tenant], name, role, by="opdrachtregel", at=NOW)
                row = session.query(AdministratorRow).filter_by(**mine).one()
            secret = sessions.begin(session, row, NOW)
            found = sessions.find(session, secret, NOW)
        assert found is not None
        client = self.app.test_client()
        client.set_cookie("__Host-vk_admin", secret, domain="localhost", secure=False)
        self.browsers[tenant, role] = client, found.form_token
        self.only_changed(tenant, "signing in")
        return self.browsers[tenant, role]

    def index(self, tenant: TenantSlug) -> None:
        """Do for an institution what the running service does by itself."""
        work_off(self.services.settings, self.services.database, lambda: NOW, tenant, self.tenant_ids[tenant])
        self.only_changed(tenant, "indexing")

    def found(self, tenant: TenantSlug) -> Ids:
        """Give the ids of all that an institution has."""
        kept, id = Base.metadata.tables, self.tenant_ids[tenant]
        with self.services.database.read() as session:

            def ids(name: str, column: str = "id") -> list[str]:
                wanted = kept[name].c[column]
                query = select(wanted).where(kept[name].c.tenant_id == id).distinct().order_by(wanted)
                return [str(one) for one in session.scalars(query)]

            conversations = ids("conversations")
            said = kept["messages"].c
            query = select(said.id).where(said.conversation_id.in_(conversations), said.by == "assistant")
            answers = list(session.scalars(query.order_by(said.id)))
            return Ids(
                conversations,
                answers,
                ids("documents"),
                ids("questions"),
                ids("administrators"),
                ids("teacher_readings", "feedback_id"),
            )

    def _nothing_of(self, tenant: TenantSlug, answer: TestResponse) -> None:
        at = f"{answer.request.method} {answer.request.path} of {other(tenant)}"
        assert answer.status_code != 500, f"{at} failed"
        assert not self.shows(tenant, answer), f"{at} shows something of {tenant}"
        asked = json.dumps(self.stub.requests[self.heard :]).lower()
        self.heard = len(self.stub.requests)
        assert MARKS[ZUID] not in asked and ZUID not in asked, f"{at} told west's language model something of zuid"


def populated(folder: Path, stub: StubModel) -> World:
    """Give a world in which both institutions have hosts, language models or a guide, and their tables are empty."""
    world = World(folder, hosts(), stub)
    for tenant, host in world.hosts.items():
        name, mark = f"School {MARKS[tenant]}", MARKS[tenant]
        with world.services.database.write() as session:
            add_tenant(session, tenant, name, NOW)
            session.flush()
            add_host_key(
                session, tenant=tenant, kid=host.key.kid, issuer=host.key.issuer, public_pem=host.public_pem,
                origins=[host.origin], roles=["learner", "teacher", "host"], at=NOW,
            )  # fmt: skip
            model = Provider(model=f"openai:{mark}", url=stub.url, key="sleutel", who=f"de buren van {mark}")
            policy = Policy(contact=mark)
            if tenant == WEST:
                policy = Policy(contact=mark, providers=(model,), level_proposals=decision(mark))
            id = find_tenant(session, tenant).id
            save_policy(session, id, policy, world.services.settings, by=f"An van {mark}", at=NOW)
    world.prints = world.rows()
    return world


@functools.cache
def snapshot(host: Host) -> str:
    """Give an assignment, the same in both, as an institution's host signs it."""
    return host.key.sign_snapshot(snapshot_of("eigen-praktijk", feedback_attempts=1000))


def decision(mark: str) -> Decision:
    """Give an institution's decision that a language model may propose levels to teachers."""
    return Decision(by=f"An van {mark}", on=NOW.date(), why=f"De opleidingsraad van {mark} besliste het.")


def rows_of(database: Database) -> dict[int, dict[str, str]]:
    """Give, for each tenant's id, a fingerprint of its rows in every table that there is."""
    owners: dict[tuple[str, object], int] = {}
    kept: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in NOBODYS:
                continue
            columns = list(table.columns.keys())
            parent = next((key for column in table.columns for key in column.foreign_keys), None)
            own = "id" if table.name == "tenants" else "tenant_id" if "tenant_id" in columns else None
            assert own or parent is not None, f"whose are the rows of {table.name}? Say so here"
            whose = columns.index(own or parent.parent.name)  # type: ignore[union-attr]
            names = columns.index(next(iter(table.primary_key)).name)
            # As the driver gives them: reading through the types takes most of a call's time.
            for row in session.connection().exec_driver_sql(f"SELECT * FROM {table.name}"):
                owner = (row[whose] or 0) if own else owners[parent.column.table.name, row[whose]]  # type: ignore[union-attr]
                owners[table.name, row[names]] = owner
                kept[owner][table.name].append(repr(row))
    return {id: {name: _digest(rows) for name, rows in tables.items()} for id, tables in kept.items()}


def _digest(rows: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def _answer(handler: Any) -> None:
    asked = handler.stub.requests[-1]
    remark = {
        "criterion": "situatie",
        "visible": True,
        "quote": STORY.format(MARKS[WEST]),
        "remark": "Hier kom je zelf in beeld.",
        "question": "Wat maakte dat?",
        "next_step": "Schrijf erbij wat je dacht.",
    }
    form: dict[str, Any] = {"criteria": [remark], "sources": [1]}
    if '"levels"' in json.dumps(asked):
        form["levels"] = [{"criterion": "situatie", "level": "begin"}]
    unknown = "[onbeantwoord]" if len(handler.stub.requests) % 3 == 0 else ""
    pieces = ("Wat ", f"gebeurde er in {MARKS[WEST]} [1]? ", unknown)
    (streams(*pieces) if asked.get("stream") else says(form))(handler)


def _told(answer: TestResponse) -> str:
    body = answer.get_data()
    texts = [body.decode("utf-8", "replace"), str(answer.headers)]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    if answer.mimetype == "text/event-stream":
        lines = [line.removeprefix("data: ") for line in texts[0].splitlines() if line.startswith("data: ")]
        texts.append("".join(json.loads(line).get("text", "") for line in lines))
    return "\n".join(texts).lower()
