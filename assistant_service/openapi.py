"""The OpenAPI 3.1 document, generated from the table of endpoints and the pydantic models they name."""

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from assistant_service.api import BROWSER_ROLES, Endpoint, Nothing
from veranderkracht import __version__

_REFS = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stabiel, voor programma's"},
        "detail": {"type": "string", "description": "Nederlands, voor mensen"},
    },
}
_COMMON = ((400, "bad-input"), (401, "token-invalid"), (403, "scope-refused"))


def document(endpoints: Iterable[Endpoint[Any]]) -> str:
    """Give the document as JSON."""
    table = tuple(endpoints)
    models: list[tuple[type[BaseModel], JsonSchemaMode]]
    models = [(endpoint.body, "validation") for endpoint in table if endpoint.body is not Nothing]
    models += [(endpoint.answer, "serialization") for endpoint in table if isinstance(endpoint.answer, type)]
    references, schemas = models_json_schema(models, ref_template=_REFS)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in table:
        operation: dict[str, Any] = {
            "summary": endpoint.summary,
            "security": [{"hostToken": []}],
            "description": f"Scope {_either(endpoint.scopes)}; rol {_either(endpoint.roles)}.",
            "responses": _responses(endpoint, references),
        }
        if endpoint.body is not Nothing:
            content = _json_content(references[(endpoint.body, "validation")])
            operation["requestBody"] = {"required": True, "content": content}
        if names := re.findall(r"\{(\w+)\}", endpoint.path):
            operation["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ]
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Veranderkracht: assistent", "version": __version__},
            "paths": paths,
            "components": {
                "schemas": {**schemas.get("$defs", {}), "Problem": _PROBLEM},
                "securitySchemes": {
                    "hostToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT (EdDSA of RS256, kid)"}
                },
            },
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _responses(endpoint: Endpoint[Any], references: Any) -> dict[str, Any]:
    if endpoint.answer is None:
        responses: dict[str, Any] = {"204": {"description": "Gedaan"}}
    elif isinstance(endpoint.answer, str):
        responses = {"200": {"description": "Gelukt", "content": {endpoint.answer: {"schema": {"type": "string"}}}}}
    else:
        content = _json_content(references[(endpoint.answer, "serialization")])
        responses = {"200": {"description": "Gelukt", "content": content}}
    origin = ((403, "origin-refused"),) if set(endpoint.roles) & set(BROWSER_ROLES) else ()
    codes: dict[int, list[str]] = {}
    for status, code in (*_COMMON, *origin, *endpoint.codes):
        codes.setdefault(status, []).append(code)
    for status, names in codes.items():
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses[str(status)] = {"description": ", ".join(names), "content": content}
    return responses


def _either(names: Iterable[str]) -> str:
    return " of ".join(f"`{name}`" for name in names)


def _json_content(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
