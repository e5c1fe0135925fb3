"""What the institution decides about its assistant: language models, limits, and which conversations it offers.

A key is never shown. One that is left empty stays, unless its model or address changed: a key goes to nobody that it
was not filled in for.
"""

from typing import Any

from flask import Response, request
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from assistant_service.administration.guard import go, guarded, here, page, services
from assistant_service.conversations import profiles
from assistant_service.policies import PROVIDER_NAMES, Budget, Decision, Policy, Provider, policy_of, save_policy
from veranderkracht.errors import VkError
from veranderkracht.languages import later, say

_PLACES = 3  # language models that the form has room for
_FIELDS = ("model", "url", "key", "who", "price_in", "price_out")
_WRONG = {
    "model": later(
        "Schrijf de aanbieder en het model met een dubbelpunt ertussen, zoals mistralai:mistral-small-latest."
    ),
    "price_in": later("Geef een bedrag in euro, zoals 0,40."),
    "price_out": later("Geef een bedrag in euro, zoals 1,60."),
    "tenant_tokens": later("Geef een geheel getal."),
    "learner_tokens": later("Geef een geheel getal."),
    "learner_turns": later("Geef een geheel getal."),
    "retention_days": later("Geef een aantal dagen van 1 tot 3650."),
    "contact": later("Houd het bij 300 tekens."),
    "by": later("Schrijf wie besliste, zoals de raad van bestuur."),
    "on": later("Kies de dag van de beslissing; die ligt niet in de toekomst."),
    "why": later("Schrijf in een zin of twee waarom, en met wie het besproken is."),
}
_TOO_LONG = later("Dit is te lang.")
_LIMITS = ("tenant_tokens", "learner_tokens", "learner_turns")

blueprint = guarded("admin_settings", __name__, ("administrator",))


@blueprint.get("/settings")
def show() -> Response:
    """Show what holds now."""
    return _shown({}, {})


@blueprint.post("/settings/providers")
def providers() -> AnyResponse:
    """Keep the list of language models, in order."""
    typed = {
        f"{name}-{place}": request.form.get(f"{name}-{place}", "").strip()
        for place in range(_PLACES)
        for name in _FIELDS
    }
    faults: dict[str, str] = {}
    kept = _policy()
    wanted: list[Provider] = []
    for place in range(_PLACES):
        told: dict[str, Any] = {name: typed[f"{name}-{place}"] for name in _FIELDS}
        if not told["model"]:
            continue
        for name in ("price_in", "price_out"):
            told[name] = told[name].replace(",", ".") or 0
        if not told["key"]:
            same = (one for one in kept.providers if (one.model, one.url) == (told["model"], told["url"]))
            told["key"] = next((one.key for one in same), "")
        if told["model"].partition(":")[0] not in PROVIDER_NAMES:
            faults[f"model-{place}"] = say("We kennen deze aanbieders: {names}.", names=", ".join(PROVIDER_NAMES))
            continue
        try:
            wanted.append(Provider.model_validate(told))
        except ValidationError as fault:
            for row in fault.errors():
                field = str(row["loc"][0])
                faults[f"{field}-{place}"] = say(_WRONG.get(field, _TOO_LONG))
    if not faults:
        try:
            return _save(kept.model_copy(update={"providers": tuple(wanted)}), "providers")
        except VkError as fault:
            faults["url-0"] = fault.detail
    return _shown({name: value for name, value in typed.items() if not name.startswith("key-")}, faults)


@blueprint.post("/settings/limits")
def limits() -> AnyResponse:
    """Keep the limits, and whom people turn to."""
    typed = {name: request.form.get(name, "").strip() for name in (*_LIMITS, "retention_days", "contact")}
    kept = _policy()
    faults: dict[str, str] = {}
    try:
        budget = Budget.model_validate({name: typed[name] for name in _LIMITS})
        told = {**kept.model_dump(), "retention_days": typed["retention_days"], "contact": typed["contact"]}
        return _save(Policy.model_validate({**told, "budget": budget}), "limits")
    except ValidationError as fault:
        faults = {str(row["loc"][0]): _said(str(row["loc"][0])) for row in fault.errors()}
    return _shown(typed, faults)


@blueprint.post("/settings/profiles")
def offered() -> AnyResponse:
    """Keep which conversations are offered."""
    on = set(request.form.getlist("profile"))
    off = tuple(one.id for one in profiles.every() if one.id not in on)
    return _save(_policy().model_copy(update={"profiles_off": off}), "profiles")


@blueprint.post("/settings/levels")
def levels() -> AnyResponse:
    """Record the decision that a language model may propose levels to teachers, or withdraw it."""
    if "withdraw" in request.form:
        return _save(_policy().model_copy(update={"level_proposals": None}), "levels-off")
    typed = {name: request.form.get(name, "").strip() for name in ("by", "on", "why")}
    faults: dict[str, str] = {}
    try:
        decision = Decision.model_validate(typed)
        if decision.on > services().clock().date():
            faults["on"] = _said("on")
    except ValidationError as fault:
        faults = {str(row["loc"][0]): _said(str(row["loc"][0])) for row in fault.errors()}
    kept = _policy()
    if not kept.providers:
        faults["by"] = say("Kies eerst een taalmodel: de ingebouwde gids stelt nooit een niveau voor.")
    if faults:
        return _shown(typed, faults)
    return _save(kept.model_copy(update={"level_proposals": decision}), "levels-on")


def _said(field: str) -> str:
    return say(_WRONG[field])


def _save(policy: Policy, said: str) -> AnyResponse:
    ours, person = services(), here()
    with ours.database.write() as session:
        save_policy(session, person.tenant_id, policy, ours.settings, by=person.acts_as, at=ours.clock())
    return go("admin_settings.show", said=said)


def _policy() -> Policy:
    ours = services()
    with ours.database.read() as session:
        return policy_of(session, here().tenant_id, ours.settings)


def _shown(typed: dict[str, str], faults: dict[str, str]) -> Response:
    policy = _policy()
    shown: dict[str, Any] = {
        **policy.budget.model_dump(),
        "retention_days": policy.retention_days,
        "contact": policy.contact,
        **dict.fromkeys(("by", "on", "why"), ""),
    }
    for place in range(_PLACES):
        given = policy.providers[place] if place < len(policy.providers) else None
        for name in _FIELDS:
            value = getattr(given, name) if given is not None and name != "key" else ""
            shown[f"{name}-{place}"] = f"{value:g}".replace(".", ",") if isinstance(value, float) else value
    return page(
        "settings.html",
        status=422 if faults else 200,
        policy=policy,
        places=range(_PLACES),
        names=PROVIDER_NAMES,
        profiles=profiles.every(),
        shown={**shown, **typed},
        faults=faults,
        said=request.args.get("said", ""),
    )
