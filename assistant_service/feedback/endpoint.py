"""`POST /v1/feedback`: what a text goes through before and after somebody reads it.

In this order: signs of crisis; the assignment; the notice; length; likely names; an attempt; redaction; retrieval; the
reader. The text is kept nowhere and named in no log.
"""

from datetime import timedelta

from pydantic import RootModel

from assistant_service import notice
from assistant_service.api import Call, Endpoint
from assistant_service.callers import verify_snapshot
from assistant_service.feedback import crisis, grading, sheets, sources
from assistant_service.feedback.attempts import Asked, Ledger
from assistant_service.feedback.messages import CrisisAnswer, CriterionFeedback, Feedback, FeedbackRequest
from assistant_service.feedback.names import likely_names
from assistant_service.feedback.names_known import known_names
from assistant_service.feedback.readers import Reader, reader_for
from assistant_service.feedback.redaction import Redacted, redact
from assistant_service.policies import policy_of
from assistant_service.services import Services
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.words import count_words
from veranderkracht.errors import Conflict, NotFound, Rejected
from veranderkracht.languages import say

LONGEST_TEXT = 20_000  # characters; a text of 3,000 words fits


class FeedbackAnswer(RootModel[Feedback | CrisisAnswer]):
    """Feedback, or the message that goes before it."""


def _post(call: Call[FeedbackRequest]) -> FeedbackAnswer:
    caller, body, services = call.caller, call.body, call.services
    written = body.text if body.parts is None else "\n".join(sheets.strings_in(body.parts))
    message = crisis.find(written[:LONGEST_TEXT], "teacher" if caller.role == "teacher" else "learner")
    if message is not None:
        return FeedbackAnswer(CrisisAnswer(crisis=message))
    with services.database.read() as session:
        snapshot = verify_snapshot(session, body.snapshot, caller)
    if not snapshot.gives_feedback:
        raise NotFound(say("Bij deze opdracht hoort geen feedback van de assistent."), code="assistant-off")
    if caller.role == "learner":
        with services.database.read() as session:
            unread = notice.unread(session, caller, policy_of(session, caller.tenant_id, services.settings))
        if unread is not None:
            raise notice.required(unread)
    text = body.text if body.parts is None else sheets.as_text(snapshot, body.parts)
    own = sheets.own_text(text, snapshot)
    _check_length(text, own)
    reader = reader_for(services, caller)
    # A teacher did not write the text: what stays on this server needs no question about its names.
    if not body.names_ok and (caller.role == "learner" or reader.author.kind == "model"):
        _ask_about_names(own, snapshot)
    return FeedbackAnswer(_read(call, text, snapshot, reader))


def _check_length(text: str, own: str) -> None:
    if not count_words(own):
        raise Rejected(say("Schrijf eerst een paar zinnen; dan is er iets om op te reageren."), code="text-empty")
    if len(text) > LONGEST_TEXT:
        raise Rejected(
            say(
                "Je tekst telt {number} tekens; de assistent leest er hoogstens {longest}. Maak hem korter.",
                number=len(text),
                longest=LONGEST_TEXT,
            ),
            code="text-too-long",
            extra={"longest": LONGEST_TEXT},
        )


def _ask_about_names(text: str, snapshot: Snapshot) -> None:
    if names := likely_names(text, known_names(snapshot)):
        raise Conflict(
            say("Je tekst lijkt namen van mensen te bevatten. Vervang ze, of bevestig dat het geen echte namen zijn."),
            code="likely-names",
            extra={"names": names},
        )


def _read(call: Call[FeedbackRequest], text: str, snapshot: Snapshot, reader: Reader) -> Feedback:
    caller, services = call.caller, call.services
    ledger = ledger_of(services)
    words = count_words(sheets.own_text(text, snapshot))
    asked = Asked(snapshot.hash, snapshot.module, snapshot.step, snapshot.feedback_attempts, words)
    id = ledger.take(caller, asked, f"{reader.author.kind}:{reader.author.name}"[:200], services.clock())
    settled = False
    try:
        redacted = redact(text)
        passages = sources.find(services.knowledge, caller.tenant, redacted.text, snapshot, most=reader.passages)
        read = reader.read(redacted.text, snapshot, passages)
        criteria = tuple(_restored(one, redacted) for one in read.criteria)
        visible = [one.criterion for one in criteria if one.visible]
        ledger.settle(id, services.clock(), visible=visible, sources=len(read.cited), redacted=redacted.kinds)
        settled = True
        if caller.role == "teacher" and snapshot.rubric:
            with services.database.write() as session:
                kind, at = reader.author.kind, services.clock()
                grading.begin(session, id, caller, snapshot.rubric, kind, read.proposed, at)
    finally:
        if not settled:
            # Whatever went wrong, it was not the learner: the attempt is theirs again.
            ledger.give_back(id)
    return Feedback(
        id=id,
        by=reader.author.spoken(),
        criteria=criteria,
        sources=sources.show(read.cited, redacted.text),
        attempts=ledger.standing(caller, asked),
        redacted=redacted.kinds,
        proposals=bool(read.proposed),
    )


def _restored(one: CriterionFeedback, redacted: Redacted) -> CriterionFeedback:
    return one.model_copy(
        update={
            "quote": None if one.quote is None else redacted.restore(one.quote),
            "remark": redacted.restore(one.remark),
            "question": redacted.restore(one.question),
            "next_step": redacted.restore(one.next_step),
        }
    )


def ledger_of(services: Services) -> Ledger:
    """Give the ledger of attempts as the settings want it."""
    settings = services.settings
    return Ledger(
        services.database,
        hourly=settings.feedback_per_hour,
        hourly_teacher=settings.feedback_per_hour_teacher,
        lapse=timedelta(seconds=60 + 2 * settings.model_seconds),
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "/v1/feedback",
        "Lees een tekst volgens de rubriek van de opdracht",
        "feedback",
        FeedbackRequest,
        FeedbackAnswer,
        _post,
        codes=(
            (403, "notice-required"),
            (403, "snapshot-invalid"),
            (404, "assistant-off"),
            (409, "likely-names"),
            (422, "text-empty"),
            (422, "text-too-long"),
            (429, "attempts-used"),
            (429, "rate-limited"),
            (429, "budget-spent"),
            (503, "model-unavailable"),
        ),
    ),
)
