"""The notice: what a person is told first, and that another reader of their texts asks anew."""

from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from assistant_service import notice
from assistant_service.configuration import read
from assistant_service.policies import of_settings
from tests.assistant_service.hosts import Host
from tests.cast import YUSUF


def version(client: FlaskClient, west: Host) -> str:
    return str(client.get("/v1/notice", headers=west.headers()).json["version"])


def test_the_notice_says_what_is_sent_to_whom_and_what_is_kept(client: FlaskClient, west: Host) -> None:
    told = client.get("/v1/notice", headers=west.headers()).json
    assert told["accepted"] is False
    for part in ("artificiële intelligentie", "blijft op deze server", "Liever niet?", "365 dagen", "Bezwaar"):
        assert part in told["html"]


def test_who_accepts_is_not_asked_again(client: FlaskClient, west: Host) -> None:
    body = {"version": version(client, west)}
    for _ in range(2):
        assert client.post("/v1/notice", json=body, headers=west.headers()).status_code == 204
    assert client.get("/v1/notice", headers=west.headers()).json["accepted"] is True


def test_one_acceptance_holds_in_every_course_and_for_nobody_else(client: FlaskClient, west: Host, zuid: Host) -> None:
    client.post("/v1/notice", json={"version": version(client, west)}, headers=west.headers())
    assert client.get("/v1/notice", headers=west.headers(course="cursus-2")).json["accepted"] is True
    assert client.get("/v1/notice", headers=west.headers(sub=YUSUF)).json["accepted"] is False
    # The same pseudonym in another institution is another person.
    assert client.get("/v1/notice", headers=zuid.headers()).json["accepted"] is False


def test_accepting_an_older_notice_shows_the_new_one(client: FlaskClient, west: Host) -> None:
    answer = client.post("/v1/notice", json={"version": "van-vroeger"}, headers=west.headers())
    assert (answer.status_code, answer.json["code"]) == (409, "notice-stale")
    assert answer.json["notice"]["version"] == version(client, west)


def test_a_body_that_is_not_what_was_asked_is_refused(client: FlaskClient, west: Host) -> None:
    for sent in ({}, {"version": 3}, {"version": "a", "meer": True}, []):
        answer = client.post("/v1/notice", json=sent, headers=west.headers())
        assert (answer.status_code, answer.json["code"]) == (400, "bad-input")


def test_another_reader_of_texts_makes_another_version(tmp_path: Path) -> None:
    guide = read({"VK_DATA": str(tmp_path)})
    readers = [
        guide,
        replace(guide, model="openai:gpt-4.1-mini"),
        replace(guide, model="anthropic:claude"),
        replace(guide, model="openai:gpt-4.1-mini", model_url="https://model.example.be/v1"),
    ]
    versions = [notice.current(of_settings(settings)) for settings in readers]
    assert len({name for name, _ in versions}) == len(readers)
    for (_, text), name in zip(versions[1:], ("OpenAI", "Anthropic", "model.example.be"), strict=True):
        assert name in text
        assert "blijft op deze server" not in text


def test_who_withdraws_is_asked_again(client: FlaskClient, west: Host) -> None:
    client.post("/v1/notice", json={"version": version(client, west)}, headers=west.headers())
    assert client.delete("/v1/notice", headers=west.headers()).status_code == 204
    assert client.get("/v1/notice", headers=west.headers()).json["accepted"] is False
