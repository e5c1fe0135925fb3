"""What a tenant decided about its assistant: who may read texts, how much, for how long; and what holds until it did.

Only the providers listed here ever see a word, in this order; without one the built-in guide answers. A provider's
key is sealed before it is stored and never shown again.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant_service import audit
from assistant_service.configuration import AssistantSettings
from assistant_service.guards import addresses
from assistant_service.sealing import Seal
from assistant_service.tables import Base

PROVIDER_NAMES = {
    "openai": "OpenAI",
    "azure_openai": "Microsoft (Azure OpenAI)",
    "anthropic": "Anthropic",
    "mistralai": "Mistral AI",
    "ollama": "Ollama",
}


OLLAMA = "http://localhost:11434"  # where it listens when nobody says otherwise


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provider(_Value):
    """A language model that may read texts.

    Args:
        model: `provider:model`, as langchain names them.
        url: its address, or empty for the provider's own.
        key: its secret, or empty.
        who: how learners see the provider named; empty: by its own name, or the address.
        price_in: euro per million tokens that it is given; 0 when nobody filled it in.
        price_out: euro per million tokens that it answers.
    """

    model: str = Field(pattern=r"^[a-z0-9_-]{1,40}:[^\s]{1,120}$")
    url: str = Field(default="", max_length=500)
    key: str = Field(default="", max_length=500, repr=False)
    who: str = Field(default="", max_length=120)
    price_in: float = Field(default=0, ge=0, le=10_000)
    price_out: float = Field(default=0, ge=0, le=10_000)

    @property
    def vendor(self) -> str:
        """The provider as langchain names it."""
        return self.model.partition(":")[0]

    @property
    def address(self) -> str:
        """Where it is called, when that is not the vendor's own address on the internet; or empty."""
        return self.url or (OLLAMA if self.vendor == "ollama" else "")

    @property
    def owner(self) -> str:
        """Who sees the texts, as learners are told."""
        if self.who:
            return self.who
        if self.url:
            return urlsplit(self.url).hostname or self.url
        return PROVIDER_NAMES.get(self.vendor, self.vendor)

    @property
    def name(self) -> str:
        """The model and its owner, as learners are told."""
        return f"{self.model.partition(':')[2]} van {self.owner}"


class Budget(_Value):
    """How much a day may take, from midnight to midnight in UTC."""

    tenant_tokens: int = Field(default=2_000_000, ge=0)
    learner_tokens: int = Field(default=100_000, ge=0)
    learner_turns: int = Field(default=60, ge=0)


class Decision(_Value):
    """That somebody decided something for the institution, and why."""

    by: str = Field(min_length=1, max_length=200)
    on: date
    why: str = Field(min_length=10, max_length=2000)


class Policy(_Value):
    """What a tenant decided.

    Args:
        providers: in order: the first answers, the others only when it cannot.
        budget: for a day.
        retention_days: after how many days without a new message a conversation is deleted.
        level_proposals: the decision that teachers may see a proposed level; None: there are none.
        profiles_off: conversation profiles that this tenant does not offer.
        contact: who answers for data protection there, as learners are told; may be empty.
    """

    providers: tuple[Provider, ...] = Field(default=(), max_length=5)
    budget: Budget = Budget()
    retention_days: int = Field(default=365, ge=1, le=3650)
    level_proposals: Decision | None = None
    profiles_off: tuple[str, ...] = ()
    contact: str = Field(default="", max_length=300)

    @property
    def proposes_levels(self) -> bool:
        """Whether a teacher may see a proposed level: somebody decided so, and a language model reads."""
        return self.level_proposals is not None and bool(self.providers)


class PolicyRow(Base):
    """A tenant's policy; `body` has each provider's key sealed."""

    __tablename__ = "policies"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    body: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


def policy_of(session: Session, tenant_id: int, settings: AssistantSettings) -> Policy:
    """Give what a tenant decided, or what the settings say for one that decided nothing.

    Raises:
        Unavailable: `secret-changed`.
    """
    row = session.get(PolicyRow, tenant_id)
    if row is None:
        return of_settings(settings)
    stored = Policy.model_validate(row.body)
    if not any(one.key for one in stored.providers):
        return stored
    seal = Seal(settings, tenant_id)
    return _with_keys(stored, seal.open)


def of_settings(settings: AssistantSettings) -> Policy:
    """Give what holds for a tenant that decided nothing."""
    budget = Budget(
        tenant_tokens=settings.tokens_per_day,
        learner_tokens=settings.learner_tokens_per_day,
        learner_turns=settings.learner_turns_per_day,
    )
    if settings.model == "guide":
        return Policy(budget=budget)
    only = Provider(model=settings.model, url=settings.model_url, key=settings.model_key)
    return Policy(providers=(only,), budget=budget)


def save_policy(
    session: Session, tenant_id: int, policy: Policy, settings: AssistantSettings, *, by: str, at: datetime
) -> None:
    """Store what a tenant decided, with the act in the audit log.

    Args:
        session: to write with.
        tenant_id: whose.
        policy: all of it; keys as they are, not sealed.
        settings: hold the secret to seal with.
        by: who decided, for the log.
        at: when.

    Raises:
        AddressRefused: `address-refused`, a provider's address is not public and not listed by the operator.
    """
    for provider in policy.providers:
        if provider.address:
            addresses.check(provider.address, settings.listed_hosts)
    seal = Seal(settings, tenant_id)
    body = _with_keys(policy, seal.seal).model_dump(mode="json")
    row = session.get(PolicyRow, tenant_id)
    before = Policy.model_validate(row.body).level_proposals if row else None
    if row is None:
        session.add(PolicyRow(tenant_id=tenant_id, body=body, changed_at=at))
    else:
        row.body, row.changed_at = body, at
    if before != policy.level_proposals:
        act = "level-proposals-off" if policy.level_proposals is None else "level-proposals-on"
        audit.note(session, act, tenant_id=tenant_id, by=by, at=at)
    about = ", ".join(one.model for one in policy.providers) or "guide"
    audit.note(session, "policy-changed", tenant_id=tenant_id, by=by, about=about, at=at)


def _with_keys(policy: Policy, turn: Callable[[str], str]) -> Policy:
    providers = [one.model_copy(update={"key": turn(one.key)}) if one.key else one for one in policy.providers]
    return policy.model_copy(update={"providers": tuple(providers)})
