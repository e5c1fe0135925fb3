"""The endpoints of conversations: profiles, history, what is said, thumbs, and questions for a person."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context

from assistant_service.api import Body, Call, Endpoint, Nothing
from assistant_service.callers import Caller, verify_snapshot
from assistant_service.conversations import export, guide, inbox, profiles, store, turns
from assistant_service.conversations.messages import (
    Again,
    Conversation,
    Conversations,
    Judgement,
    NewConversation,
    NewMessage,
    Passed,
    ProfileLine,
    Profiles,
    Question,
    Questions,
    Title,
)
from assistant_service.conversations.standing import LONGEST_DRAFT, LONGEST_MESSAGE, check, standing
from assistant_service.feedback import crisis
from assistant_service.feedback.messages import Author
from assistant_service.models import chain_of
from assistant_service.policies import policy_of
from veranderkracht.errors import Conflict, Rejected, VkError
from veranderkracht.languages import later, say

SCOPE = "supervision"
_STREAM = "text/event-stream"
_SAYS = later(
    "Dit is een taalmodel, dus artificiële intelligentie: het kan zich vergissen. Citaten en bronnen zijn nagekeken op "
    "letterlijkheid; wat het ervan vindt, weeg jij zelf."
)


def _get_profiles(call: Call[Nothing]) -> Profiles:
    services = call.services
    with services.database.read() as session:
        policy = policy_of(session, call.caller.tenant_id, services.settings)
    chain = chain_of(services, call.caller, SCOPE, policy)
    module = call.caller.step.partition("/")[0]
    lines = tuple(
        ProfileLine(id=one.id, title=one.title, about=one.about, opening=profiles.opening(one, module))
        for one in profiles.offered(policy.profiles_off)
    )
    by = guide.GUIDE if chain is None else Author(kind="model", name=chain.name, says=_SAYS)
    return Profiles(profiles=lines, by=by.spoken())


def _get_list(call: Call[Nothing]) -> Conversations:
    with call.services.database.read() as session:
        return Conversations(conversations=store.listed(session, call.caller))


def _post_conversation(call: Call[NewConversation]) -> Conversation:
    caller, services = call.caller, call.services
    with services.database.write() as session:
        policy = policy_of(session, caller.tenant_id, services.settings)
        profile = profiles.find(call.body.profile, policy.profiles_off)
        snapshot = verify_snapshot(session, call.body.snapshot, caller) if call.body.snapshot else None
        opening = profiles.opening(profile, caller.step.partition("/")[0])
        return store.whole(session, store.begin(session, caller, profile.id, opening, snapshot, services.clock()))


def _get_conversation(call: Call[Nothing]) -> Conversation:
    with call.services.database.read() as session:
        return store.whole(session, _own(call, session))


def _delete_conversation(call: Call[Nothing]) -> None:
    with call.services.database.write() as session:
        store.remove(session, _own(call, session))


def _post_title(call: Call[Title]) -> None:
    title = " ".join(call.body.title.split())
    if not title:
        raise Rejected(say("Geef het gesprek een naam."), code="text-empty")
    with call.services.database.write() as session:
        _own(call, session).title = title


def _post_message(call: Call[NewMessage]) -> Response:
    body, caller, services = call.body, call.caller, call.services
    with services.database.read() as session:
        now = standing(session, services, caller, _own(call, session))
    if (answer := _people_first(caller, body.text, body.draft)) is not None:
        return answer
    check(services, now, body.text, body.draft, names_ok=body.names_ok)
    prepared = turns.prepare(services, now, body.text, body.draft)
    return _stream(_told(call, prepared))


def _people_first(caller: Caller, text: str, draft: str) -> Response | None:
    """Give the message with people who help, where somebody is in need; None where nobody seems to be."""
    shown = text[:LONGEST_MESSAGE] + "\n\n" + draft[:LONGEST_DRAFT]
    message = crisis.find(shown, "teacher" if caller.role == "teacher" else "learner")
    return None if message is None else _stream(iter([_event("crisis", {"crisis": message.model_dump()})]))


def _post_retry(call: Call[Again]) -> Response:
    body, caller, services = call.body, call.caller, call.services
    with services.database.read() as session:
        row = _own(call, session)
        told = store.messages(session, row)
        now = standing(session, services, caller, row)
        if not told or told[-1].state == "done":
            raise Conflict(say("Er is geen antwoord dat opnieuw moet."), code="nothing-to-retry")
        last = told[-2].text
    if (answer := _people_first(caller, "", body.draft)) is not None:
        return answer
    check(services, now, last, body.draft, names_ok=True)
    prepared = turns.prepare(services, now, None, body.draft)
    return _stream(_told(call, prepared))


def _told(call: Call[Any], prepared: turns.Prepared) -> Iterator[str]:
    """Give the events of one answer; when nobody listens any more, what was said is kept as stopped."""
    services = call.services
    progress = turns.Progress()
    yield _event("message", {"id": prepared.answer})
    try:
        for piece in turns.answer(services, call.caller, prepared, progress):
            yield _event("token", {"text": piece})
    except GeneratorExit:
        turns.settle(services, prepared, progress, "stopped")
        raise
    except VkError as fault:
        turns.settle(services, prepared, progress, "failed")
        yield _event("error", fault.problem())
        return
    if progress.sources:
        yield _event("sources", {"sources": [source.model_dump() for source in progress.sources]})
    if progress.unanswered:
        yield _event("unanswered", {})
    said = turns.settle(services, prepared, progress, "done")
    yield _event("done", {"message": None if said is None else said.model_dump(mode="json")})


def _stream(events: Iterator[str]) -> Response:
    response = Response(stream_with_context(events), mimetype=_STREAM)
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep the words until the end
    return response


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _post_thumb(call: Call[Judgement]) -> None:
    body = call.body
    with call.services.database.write() as session:
        row = store.message(session, _own(call, session), call.path["message"])
        row.thumb = body.value
        row.thumb_reason = body.reason if body.value else None
        row.thumb_note = body.note.strip() or None if body.value else None


def _post_question(call: Call[Question]) -> Passed:
    with call.services.database.write() as session:
        row = _own(call, session)
        inbox.ask(session, call.caller, row.module, call.body.text, call.services.clock())
    # Nobody reads an inbox at night: who is in need hears at once where there are people.
    return Passed(crisis=crisis.find(call.body.text, "teacher" if call.caller.role == "teacher" else "learner"))


def _get_questions(call: Call[Nothing]) -> Questions:
    with call.services.database.read() as session:
        return Questions(questions=inbox.of_person(session, call.caller))


def _get_markdown(call: Call[Nothing]) -> Response:
    return _file(call, export.markdown(_get_conversation(call)).encode(), "text/markdown; charset=utf-8", "md")


def _get_docx(call: Call[Nothing]) -> Response:
    return _file(call, export.docx(_get_conversation(call)), export.DOCX, "docx")


def _file(call: Call[Nothing], content: bytes, kind: str, suffix: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="gesprek-{call.path["id"][:8]}.{suffix}"'
    return response


def _own(call: Call[Body], session: Any) -> Any:
    return store.own(session, call.caller, call.path["id"])


_ONE = "/v1/conversations/{id}"
_TURN_CODES = (
    (403, "notice-required"),
    (404, "conversation-unknown"),
    (409, "likely-names"),
    (409, "conversation-busy"),
    (422, "text-empty"),
    (422, "text-too-long"),
    (429, "rate-limited"),
    (429, "budget-spent"),
    (503, "model-unavailable"),
)
ENDPOINTS: tuple[Endpoint[Any], ...] = (
    Endpoint("GET", "/v1/profiles", "Welke gesprekken er kunnen", SCOPE, Nothing, Profiles, _get_profiles),
    Endpoint("GET", "/v1/conversations", "Je gesprekken", SCOPE, Nothing, Conversations, _get_list),
    Endpoint(
        "POST",
        "/v1/conversations",
        "Begin een gesprek",
        SCOPE,
        NewConversation,
        Conversation,
        _post_conversation,
        codes=((403, "snapshot-invalid"), (404, "profile-unknown")),
    ),
    Endpoint("GET", _ONE, "Een gesprek, helemaal", SCOPE, Nothing, Conversation, _get_conversation),
    Endpoint("DELETE", _ONE, "Wis een gesprek", SCOPE, Nothing, None, _delete_conversation),
    Endpoint("POST", _ONE + "/title", "Geef een gesprek een naam", SCOPE, Title, None, _post_title),
    Endpoint("POST", _ONE + "/messages", "Zeg iets", SCOPE, NewMessage, _STREAM, _post_message, codes=_TURN_CODES),
    Endpoint(
        "POST",
        _ONE + "/retry",
        "Vraag opnieuw een antwoord",
        SCOPE,
        Again,
        _STREAM,
        _post_retry,
        codes=((409, "nothing-to-retry"), *_TURN_CODES),
    ),
    Endpoint("GET", _ONE + "/export.md", "Een gesprek als Markdown", SCOPE, Nothing, "text/markdown", _get_markdown),
    Endpoint("GET", _ONE + "/export.docx", "Een gesprek voor Word", SCOPE, Nothing, export.DOCX, _get_docx),
    Endpoint(
        "POST",
        _ONE + "/messages/{message}/thumb",
        "Zeg wat je van een antwoord vond",
        SCOPE,
        Judgement,
        None,
        _post_thumb,
        codes=((404, "message-unknown"),),
    ),
    Endpoint("POST", _ONE + "/question", "Leg een vraag voor aan een mens", SCOPE, Question, Passed, _post_question),
    Endpoint(
        "GET", "/v1/questions", "Je vragen aan een mens, met hun antwoord", SCOPE, Nothing, Questions, _get_questions
    ),
)
