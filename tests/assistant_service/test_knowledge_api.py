"""The knowledge over HTTP: a host hands documents in, sees them, takes them away; whoever has a token searches."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assistant_service.audit import AuditRow
from assistant_service.knowledge import jobs
from assistant_service.knowledge.extraction import LARGEST
from assistant_service.knowledge.indexer import wish_what_is_missing
from assistant_service.knowledge.indexing import work_off
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.conftest import Indexing
from tests.assistant_service.files import docx, pdf
from tests.assistant_service.hosts import Host
from tests.cast import WEST, ZUID
from veranderkracht.activities.store import TenantSlug

DOCUMENTS = "/v1/knowledge/documents"
TEXT = "# Buren\n\nBuren die {0}, blijven langer komen dan buren die niemand kent.".format


def hand_in(client: FlaskClient, host: Host, name: str, raw: bytes | str, **about: Any) -> Any:
    content = base64.b64encode(raw.encode() if isinstance(raw, str) else raw).decode()
    headers = host.server_headers(scope=["knowledge"])
    return client.post(DOCUMENTS, json={"name": name, "content": content, **about}, headers=headers)


def documents(client: FlaskClient, host: Host) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(DOCUMENTS, headers=host.server_headers(scope=["knowledge"])).json[
        "documents"
    ]
    return found


def remove(client: FlaskClient, host: Host, id: str) -> Any:
    return client.delete(f"{DOCUMENTS}/{id}", headers=host.server_headers(scope=["knowledge"]))


def state(client: FlaskClient, host: Host) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/knowledge/state", headers=host.server_headers(scope=["knowledge"])).json
    return found


def search(client: FlaskClient, host: Host, query: str, **more: Any) -> Any:
    headers = host.headers(scope=["supervision"])
    return client.post("/v1/knowledge/search", json={"query": query, **more}, headers=headers)


def work(services: Services, *tenants: str) -> None:
    """Do what the running service does by itself."""
    for tenant in tenants or (WEST,):
        with services.database.read() as session:
            id = find_tenant(session, tenant).id
        work_off(services.settings, services.database, services.clock, TenantSlug(tenant), id)


def test_a_document_is_handed_in_indexed_and_found(client: FlaskClient, services: Services, west: Host) -> None:
    answer = hand_in(
        client, west, "buren.docx", docx(("Titel", "Over buren"), ("", "Buren helpen elkaar in de straat.")),
        url="https://bron.example/buren", source="Buurtwerk West", licence="CC-BY-4.0", modules=["samen-kijken"],
        valid_from="2026-01-01", valid_until="2027-01-01",
    )  # fmt: skip
    assert answer.status_code == 200, answer.json
    assert answer.json["change"] == "added"
    told = answer.json["document"]
    assert (told["title"], told["source"], told["licence"]) == ("Over buren", "Buurtwerk West", "CC-BY-4.0")
    assert (told["modules"], told["valid_from"], told["valid_until"]) == (["samen-kijken"], "2026-01-01", "2027-01-01")
    assert (told["state"], state(client, west)["state"]) == ("waiting", "waiting")
    work(services)
    (kept,) = documents(client, west)
    assert (kept["id"], kept["state"], kept["handed_in"], kept["same_as"]) == (told["id"], "searchable", True, None)
    found = state(client, west)
    assert (found["state"], found["documents"], found["fault"]) == ("ready", 1, None)
    assert found["passages"] == {"done": 1, "total": 1}
    (passage,) = search(client, west, "Wie helpt er in de straat?").json["passages"]
    assert passage["url"] == "https://bron.example/buren"
    assert passage["title"] == "Over buren"
    assert "straat" in passage["text"]


def test_the_same_name_replaces_the_same_file_changes_nothing(
    client: FlaskClient, services: Services, west: Host
) -> None:
    first = hand_in(client, west, "buren.md", TEXT("koken")).json
    assert hand_in(client, west, "buren.md", TEXT("koken")).json["change"] == "same"
    second = hand_in(client, west, "buren.md", TEXT("zingen")).json
    assert (second["change"], second["document"]["id"]) == ("changed", first["document"]["id"])
    work(services)
    assert "zingen" in search(client, west, "buren").json["passages"][0]["text"]
    assert len(documents(client, west)) == 1


def test_a_text_that_is_there_already_is_named_and_not_kept_twice(
    client: FlaskClient, services: Services, index: Indexing, west: Host, tmp_path: Any
) -> None:
    first = hand_in(client, west, "buren.md", TEXT("koken")).json["document"]
    again = hand_in(client, west, "kopie.md", TEXT("koken"), title="Een andere titel")
    assert (again.status_code, again.json["code"], again.json["id"]) == (409, "document-duplicate", first["id"])
    assert "Buren" in again.json["detail"]
    (tmp_path / "map.md").write_text(TEXT("koken"), encoding="utf-8")
    assert index(WEST, tmp_path / "map.md").passages == 1
    assert [one["same_as"] for one in documents(client, west)] == [None, first["id"]]


def test_the_page_of_a_removed_document_never_removes_another(client: FlaskClient, west: Host) -> None:
    removed = hand_in(client, west, "buren.md", TEXT("koken")).json["document"]["id"]
    remove(client, west, removed)
    kept = hand_in(client, west, "koken.md", TEXT("zingen")).json["document"]["id"]
    assert remove(client, west, removed).status_code == 404
    assert [one["id"] for one in documents(client, west)] == [kept]


def test_a_removed_document_is_found_no_more(client: FlaskClient, services: Services, west: Host) -> None:
    kept = hand_in(client, west, "buren.md", TEXT("koken")).json["document"]
    work(services)
    assert remove(client, west, kept["id"]).status_code == 204
    work(services)
    assert documents(client, west) == []
    assert search(client, west, "buren").json == {"passages": [], "thin": True}
    assert state(client, west)["state"] == "empty"
    assert remove(client, west, kept["id"]).status_code == 404


def test_who_changed_a_document_stands_in_the_audit_log_without_its_text(
    client: FlaskClient, services: Services, west: Host
) -> None:
    id = hand_in(client, west, "buren.md", TEXT("koken")).json["document"]["id"]
    hand_in(client, west, "buren.md", TEXT("koken"))
    hand_in(client, west, "buren.md", TEXT("zingen"))
    remove(client, west, id)
    with services.database.read() as session:
        rows = [(row.act, row.by, row.about) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert rows == [(f"document-{act}", west.key.issuer, id) for act in ("added", "changed", "removed")]


def test_a_text_in_two_folders_counts_for_the_modules_of_both(
    client: FlaskClient, services: Services, index: Indexing, west: Host, tmp_path: Any
) -> None:
    for name, module in (("a", "samen-kijken"), ("b", "vertrekken")):
        (tmp_path / f"{name}.md").write_text(f"---\nmodules: [{module}]\n---\n{TEXT('koken')}", encoding="utf-8")
    assert index(WEST, tmp_path / "a.md", tmp_path / "b.md").passages == 1
    for module in ("samen-kijken", "vertrekken"):
        (found,) = services.knowledge.search(WEST, "buren", 5, module)
        assert set(found.modules) == {"samen-kijken", "vertrekken"}


def test_what_came_from_a_folder_is_shown_and_stays_the_folders(
    client: FlaskClient, index: Indexing, west: Host, tmp_path: Any
) -> None:
    (tmp_path / "map.md").write_text(TEXT("koken"), encoding="utf-8")
    index(WEST, tmp_path / "map.md")
    (kept,) = documents(client, west)
    assert kept["handed_in"] is False
    assert remove(client, west, kept["id"]).json["code"] == "document-from-folder"


@pytest.mark.parametrize(
    ("days", "shown", "found"),
    [
        ({"valid_until": "2026-11-19"}, "expired", 0),
        ({"valid_until": "2026-11-20"}, "searchable", 1),
        ({"valid_from": "2026-11-20"}, "searchable", 1),
        ({"valid_from": "2026-11-21"}, "not-yet-valid", 0),
    ],
)
def test_a_document_is_found_from_its_first_to_its_last_day(
    client: FlaskClient, services: Services, west: Host, days: dict[str, str], shown: str, found: int
) -> None:
    hand_in(client, west, "buren.md", TEXT("koken"), **days)
    work(services)
    assert documents(client, west)[0]["state"] == shown
    assert len(search(client, west, "buren").json["passages"]) == found


@pytest.mark.parametrize(
    ("name", "raw", "about", "status", "code"),
    [
        ("foto.jpg", b"x", {}, 422, "document-kind-unknown"),
        ("zonder-soort", b"x", {}, 422, "document-kind-unknown"),
        ("leeg.md", b"  \n", {}, 422, "document-empty"),
        ("stuk.docx", b"geen archief", {}, 422, "document-damaged"),
        ("geheim.pdf", pdf([(11, "x")], password="p"), {}, 422, "document-encrypted"),
        ("scan.pdf", pdf([]), {}, 422, "document-without-text"),
        ("a.md", b"x", {"url": "javascript:alert(1)"}, 400, "bad-input"),
        ("a.md", b"x", {"modules": ["Geen Slug"]}, 400, "bad-input"),
        ("a.md", b"x", {"valid_from": "2027-01-01", "valid_until": "2026-01-01"}, 422, "document-dates"),
        ("a.md", b"x", {"onbekend": 1}, 400, "bad-input"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(
    client: FlaskClient, west: Host, name: str, raw: bytes, about: dict[str, Any], status: int, code: str
) -> None:
    answer = hand_in(client, west, name, raw, **about)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert documents(client, west) == []


def test_a_document_may_be_larger_than_other_calls_and_not_larger_than_its_limit(
    client: FlaskClient, west: Host
) -> None:
    line = "Buren koken samen en blijven langer komen.\n"
    assert hand_in(client, west, "lang.txt", line * (2_000_000 // len(line))).status_code == 200
    assert hand_in(client, west, "te-lang.txt", b"a" * (LARGEST + 1)).json["code"] == "document-too-large"
    assert hand_in(client, west, "veel-te-lang.txt", b"a" * (LARGEST + 100_000)).json["code"] == "too-large"


@pytest.mark.parametrize("role", ["learner", "teacher"])
def test_documents_are_for_hosts_alone(client: FlaskClient, west: Host, role: str) -> None:
    headers = west.headers(role=role, scope=["knowledge"])
    for answer in (
        client.get(DOCUMENTS, headers=headers),
        client.get("/v1/knowledge/state", headers=headers),
        client.delete(f"{DOCUMENTS}/1", headers=headers),
        client.post(DOCUMENTS, json={}, headers=headers),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "scope-refused")
    assert client.get(DOCUMENTS, headers=west.server_headers()).json["code"] == "scope-refused"


@pytest.mark.parametrize("scope", ["feedback", "supervision", "knowledge"])
@pytest.mark.parametrize("role", ["learner", "teacher"])
def test_who_has_a_token_of_any_of_three_scopes_searches(
    client: FlaskClient, west: Host, role: str, scope: str
) -> None:
    headers = west.headers(role=role, scope=[scope])
    assert client.post("/v1/knowledge/search", json={"query": "buren"}, headers=headers).status_code == 200
    other = west.headers(role=role, scope=["events"])
    assert client.post("/v1/knowledge/search", json={"query": "buren"}, headers=other).status_code == 403


def test_a_search_without_words_says_so_and_one_without_an_answer_is_thin(
    client: FlaskClient, services: Services, west: Host
) -> None:
    assert search(client, west, "  ").json["code"] == "text-empty"
    assert search(client, west, "x" * 1001).json["code"] == "bad-input"
    hand_in(client, west, "buren.md", TEXT("koken"))
    work(services)
    assert search(client, west, "Welke buren koken?").json["thin"] is False
    assert search(client, west, "belastingaangifte cryptomunten").json["thin"] is True


def test_nothing_of_one_institution_reaches_another(
    client: FlaskClient, services: Services, west: Host, zuid: Host
) -> None:
    kept = hand_in(client, west, "buren.md", TEXT("koken")).json["document"]
    work(services)
    assert documents(client, zuid) == []
    assert search(client, zuid, "buren").json["passages"] == []
    assert state(client, zuid)["documents"] == 0
    for id in (kept["id"], "0", "-1", "9" * 30, "x", "1e3", "٣"):
        assert remove(client, zuid, id).status_code == 404
    assert hand_in(client, zuid, "buren.md", TEXT("koken")).json["change"] == "added"
    work(services, ZUID)
    assert remove(client, zuid, documents(client, zuid)[0]["id"]).status_code == 204
    work(services, WEST, ZUID)
    assert [one["id"] for one in documents(client, west)] == [kept["id"]]
    assert search(client, west, "buren").json["passages"]


def test_without_an_index_searching_says_so_and_wishes_one(client: FlaskClient, services: Services, west: Host) -> None:
    hand_in(client, west, "buren.md", TEXT("koken"))
    answer = search(client, west, "buren")
    assert (answer.status_code, answer.json["code"]) == (503, "index-unavailable")
    assert answer.headers["Retry-After"] == "30"
    work(services)
    assert search(client, west, "buren").status_code == 200
    with services.database.read() as session:
        assert jobs.waiting(session, datetime.now(UTC)) == []
    wish_what_is_missing(services.settings, services.database)
    with services.database.read() as session:
        assert jobs.waiting(session, datetime.now(UTC)) == []  # nothing is missing


NAMES, BODIES = ("a.md", "b.txt"), ("# Buren\n\nOver buren.", "# Koken\n\nOver koken.", "# Zingen\n\nOver zingen.")
STEPS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from([WEST, ZUID]), st.sampled_from(NAMES), st.sampled_from(BODIES)),
    st.tuples(st.just("remove"), st.sampled_from([WEST, ZUID]), st.integers(0, 9), st.just("")),
)


@given(steps=st.lists(STEPS, max_size=8))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_two_institutions_do_each_has_what_it_put_and_did_not_remove(
    client: FlaskClient, services: Services, west: Host, zuid: Host, steps: list[tuple[str, str, Any, str]]
) -> None:
    hosts = {WEST: west, ZUID: zuid}
    for host in hosts.values():
        for one in documents(client, host):
            assert remove(client, host, one["id"]).status_code == 204
    held: dict[str, dict[str, str]] = {WEST: {}, ZUID: {}}
    ids: list[tuple[str, str, str]] = []  # whose, name, id
    for act, tenant, what, body in steps:
        mine = held[tenant]
        if act == "put":
            answer = hand_in(client, hosts[tenant], what, body)
            elsewhere = body in [text for name, text in mine.items() if name != what]
            assert answer.status_code == (409 if elsewhere else 200)
            if not elsewhere:
                wanted = "added" if what not in mine else "same" if mine[what] == body else "changed"
                assert answer.json["change"] == wanted
                mine[what] = body
                ids.append((tenant, what, answer.json["document"]["id"]))
        elif ids:
            owner, name, id = ids[what % len(ids)]
            there = owner == tenant and any(one["id"] == id for one in documents(client, hosts[owner]))
            assert remove(client, hosts[tenant], id).status_code == (204 if there else 404)
            if there:
                del mine[name]
        for slug, host in hosts.items():
            shown = {(one["name"], one["title"]) for one in documents(client, host)}
            assert shown == {(name, text.split("\n")[0][2:]) for name, text in held[slug].items()}
