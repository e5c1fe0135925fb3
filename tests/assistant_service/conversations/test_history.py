"""Conversations are somebody's own: kept, named, taken along and deleted by them, and seen by nobody else."""

from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import func, select

from assistant_service.conversations import profiles
from assistant_service.conversations.tables import ConversationRow, MessageRow
from assistant_service.policies import Policy, save_policy
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.conversations.conftest import Talker, text_of
from tests.assistant_service.hosts import NOW, Host
from tests.cast import WEST, YUSUF

STORY = "Ik ben al een week boos op een collega die nooit helpt bij het eten. Ik zeg er niets over."


def test_the_profiles_say_when_to_choose_them_and_who_answers(hanne: Talker) -> None:
    told = hanne.get("/v1/profiles").json
    assert [one["id"] for one in told["profiles"]] == ["supervisie", "module", "gesprek", "plan"]
    assert told["profiles"][0]["opening"] == "Wie zag er deze week iets wat jij niet zag?"  # the module's own
    assert told["by"]["kind"] == "guide" and "geen taalmodel" in told["by"]["says"]


def test_a_profile_that_a_tenant_turned_off_is_not_offered(hanne: Talker, services: Services) -> None:
    with services.database.write() as session:
        tenant_id = find_tenant(session, WEST).id
        save_policy(session, tenant_id, Policy(profiles_off=("plan",)), services.settings, by="test", at=NOW)
    assert "plan" not in [one["id"] for one in hanne.get("/v1/profiles").json["profiles"]]
    answer = hanne.post("/v1/conversations", {"profile": "plan"})
    assert (answer.status_code, answer.json["code"]) == (404, "profile-unknown")


def test_a_conversation_is_kept_and_named_after_what_was_said_first(hanne: Talker) -> None:
    path = hanne.begins()
    hanne.says(path, STORY)
    (line,) = hanne.get("/v1/conversations").json["conversations"]
    assert line["title"] == "Ik ben al een week boos op een collega die nooit helpt bij…"
    assert (line["module"], line["step"], line["profile"]) == ("samen-kijken", "eigen-praktijk", "supervisie")
    whole = hanne.get(path).json
    assert [(one["by"], one["state"]) for one in whole["messages"]] == [("learner", "done"), ("assistant", "done")]
    assert whole["messages"][0]["text"] == STORY


def test_the_newest_conversation_comes_first(hanne: Talker) -> None:
    older, newer = hanne.begins(), hanne.begins("plan")
    ids = [one["id"] for one in hanne.get("/v1/conversations").json["conversations"]]
    assert {older.rpartition("/")[2], newer.rpartition("/")[2]} == set(ids)


def test_a_conversation_can_have_another_name(hanne: Talker) -> None:
    path = hanne.begins()
    assert hanne.post(f"{path}/title", {"title": "  De  maaltijd "}).status_code == 204
    assert hanne.get(path).json["title"] == "De maaltijd"
    assert hanne.post(f"{path}/title", {"title": "  "}).json["code"] == "text-empty"


def test_what_is_deleted_is_gone(hanne: Talker, services: Services) -> None:
    path = hanne.begins()
    hanne.says(path, STORY)
    assert hanne.delete(path).status_code == 204
    assert hanne.get(path).json["code"] == "conversation-unknown"
    with services.database.read() as session:
        for row in (ConversationRow, MessageRow):
            assert session.scalar(select(func.count()).select_from(row)) == 0


def test_somebody_elses_conversation_is_not_there(hanne: Talker, zuid: Host) -> None:
    path = hanne.begins()
    hanne.says(path, STORY)
    message = hanne.get(path).json["messages"][1]["id"]
    colleague = Talker(hanne.client, hanne.host, YUSUF).accepts()
    same_name_elsewhere = Talker(hanne.client, zuid).accepts()
    teacher = Talker(hanne.client, hanne.host, YUSUF, "teacher")
    for stranger in (colleague, same_name_elsewhere, teacher):
        assert stranger.get("/v1/conversations").json == {"conversations": []}
        for answer in (
            stranger.get(path),
            stranger.get(f"{path}/export.md"),
            stranger.get(f"{path}/export.docx"),
            stranger.delete(path),
            stranger.post(f"{path}/title", {"title": "van mij"}),
            stranger.post(f"{path}/messages", {"text": STORY}),
            stranger.post(f"{path}/retry"),
            stranger.post(f"{path}/question", {"text": "Hoe?"}),
            stranger.post(f"{path}/messages/{message}/thumb", {"value": "up"}),
        ):
            assert (answer.status_code, answer.json["code"]) == (404, "conversation-unknown")
    assert len(hanne.get(path).json["messages"]) == 2


def test_a_token_for_feedback_opens_no_conversation(hanne: Talker) -> None:
    answer = hanne.client.get("/v1/conversations", headers=hanne.host.headers())
    assert (answer.status_code, answer.json["code"]) == (403, "scope-refused")


def test_a_conversation_goes_along_as_markdown_and_as_a_document(hanne: Talker) -> None:
    path = hanne.begins()
    told = hanne.says(path, STORY)
    as_markdown = hanne.get(f"{path}/export.md")
    assert as_markdown.mimetype == "text/markdown" and "attachment" in as_markdown.headers["Content-Disposition"]
    document = Document(BytesIO(hanne.get(f"{path}/export.docx").data))
    as_text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for whole in (as_markdown.text, as_text):
        assert STORY in whole and text_of(told).split("\n\n")[-1] in whole and "De assistent is een machine" in whole


def test_a_thumb_is_kept_with_its_reason_and_can_be_taken_back(hanne: Talker, services: Services) -> None:
    path = hanne.begins()
    hanne.says(path, STORY)
    message = hanne.get(path).json["messages"][1]["id"]
    thumb = f"{path}/messages/{message}/thumb"
    assert hanne.post(thumb, {"value": "down", "reason": "unclear", "note": "te lang"}).status_code == 204
    assert hanne.get(path).json["messages"][1]["thumb"] == "down"
    with services.database.read() as session:
        row = session.get_one(MessageRow, message)
        assert (row.thumb_reason, row.thumb_note) == ("unclear", "te lang")
    assert hanne.post(thumb, {"value": None}).status_code == 204
    assert hanne.get(path).json["messages"][1]["thumb"] is None
    own = hanne.get(path).json["messages"][0]["id"]
    assert hanne.post(f"{path}/messages/{own}/thumb", {"value": "up"}).json["code"] == "message-unknown"


@pytest.mark.parametrize("profile", profiles.every(), ids=lambda one: one.id)
def test_a_profile_asks_nothing_twice_in_a_long_conversation(hanne: Talker, profile: profiles.Profile) -> None:
    path = hanne.begins(profile.id)
    asked = [text_of(hanne.says(path, f"{STORY} Dat was dag {day}.")).split("\n\n")[-1] for day in range(1, 9)]
    assert len(set(asked)) == len(asked)
