"""Questions for a person, what nothing answered, what people thought of answers, and teachers of remarks.

Of a conversation itself nothing is shown here: it belongs to who had it. A thumb comes with its reason, not with the
answer that it is about.
"""

from datetime import timedelta

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from assistant_service.administration.guard import go, guarded, here, note, page, services
from assistant_service.conversations import inbox, judged
from assistant_service.feedback import grading
from veranderkracht.errors import Rejected

_DAYS = 90

blueprint = guarded("admin_questions", __name__)


@blueprint.get("/questions")
def show() -> Response:
    """Show the questions that wait, and the latest that were answered."""
    return _shown()


@blueprint.post("/questions/<id>")
def answer(id: str) -> AnyResponse:
    """Answer a question."""
    ours, person = services(), here()
    text = request.form.get("answer", "")
    try:
        with ours.database.write() as session:
            inbox.answer(session, person.tenant_id, id, text, person.name, ours.clock())
            note(session, "question-answered")
    except Rejected as fault:
        return _shown(wrong=id, typed=text, fault=fault.detail)
    return go("admin_questions.show", said="answered")


@blueprint.get("/gaps")
def gaps() -> Response:
    """Show what was asked about and not found."""
    ours = services()
    with ours.database.read() as session:
        found = inbox.gaps(session, here().tenant_id, ours.clock() - timedelta(days=_DAYS))
    return page("gaps.html", gaps=found, days=_DAYS)


@blueprint.get("/thumbs")
def thumbs() -> Response:
    """Show what people thought of answers."""
    ours = services()
    with ours.database.read() as session:
        since = ours.clock() - timedelta(days=_DAYS)
        tenant_id = here().tenant_id
        lines, remarks = judged.counts(session, tenant_id, since), judged.remarks(session, tenant_id, since)
        kept = grading.figures(session, tenant_id, since)
    return page("thumbs.html", lines=lines, remarks=remarks, kept=kept, days=_DAYS)


def _shown(wrong: str = "", typed: str = "", fault: str = "") -> Response:
    person = here()
    with services().database.read() as session:
        return page(
            "questions.html",
            status=422 if fault else 200,
            waiting=inbox.waiting(session, person.tenant_id),
            answered=inbox.answered(session, person.tenant_id),
            said=request.args.get("said", ""),
            wrong=wrong,
            typed=typed,
            fault=fault,
        )
