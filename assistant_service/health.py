"""`/healthz`: whether the database answers and whether every tenant's index can be searched."""

import json
import logging

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from assistant_service.knowledge.standing import state_of_all
from assistant_service.services import Services

log = logging.getLogger(__name__)


def answer(services: Services) -> Response:
    """Give 200 when the service can do its work, 503 when its database does not answer.

    Names no tenant: the address is open to all. An index that is missing or damaged is told (`degraded`, with codes in
    `faults`), but stops nothing else; it is made anew by itself.
    """
    try:
        state = state_of_all(services.settings, services.database)
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return _json({"status": "down", "database": "unreachable"}, 503)
    index = {"tenants": state.tenants, "ready": state.ready, "behind": state.behind, "faults": state.faults}
    return _json({"status": "degraded" if state.faults else "ok", "database": "ok", "index": index}, 200)


def _json(body: dict[str, object], status: int) -> Response:
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
