"""`/healthz`: whether the database answers and whether every tenant's index can be searched."""

import json
import logging

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from assistant_service.services import Services

log = logging.getLogger(__name__)


def answer(services: Services) -> Response:
    """Give 200 when the service can do its work, 503 when its database does not answer.

    Names no tenant: the address is open to all. An index that is missing is told, but stops nothing else.
    """
    try:
        state = services.knowledge.state()
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return _json({"status": "down", "database": "unreachable"}, 503)
    index = {"tenants": state.tenants, "ready": state.ready, "behind": state.behind}
    return _json({"status": "ok", "database": "ok", "index": index}, 200)


def _json(body: dict[str, object], status: int) -> Response:
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
