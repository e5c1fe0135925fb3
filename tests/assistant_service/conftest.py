"""A fresh sidecar per test: two tenants with a host each, on SQLite and embedded Chroma, at a fixed moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant_service.app import create_app
from assistant_service.configuration import AssistantSettings, read
from assistant_service.knowledge import building, corpus
from assistant_service.knowledge.documents import collect
from assistant_service.knowledge.indexing import work_off
from assistant_service.services import Services
from assistant_service.tenants import add_host_key, add_tenant, find_tenant
from tests.assistant_service.hosts import NOW, ORIGIN_WEST, ORIGIN_ZUID, Host
from tests.cast import WEST, ZUID
from veranderkracht.activities.store import TenantSlug

Indexing = Callable[..., building.Manifest]


@pytest.fixture(scope="session")
def west() -> Host:
    """The host of tenant west: Ed25519."""
    return Host.make(WEST, ORIGIN_WEST, kid="west-1")


@pytest.fixture(scope="session")
def zuid() -> Host:
    """The host of tenant zuid: RSA."""
    return Host.make(ZUID, ORIGIN_ZUID, kid="zuid-1", kind="rsa")


@pytest.fixture
def settings(tmp_path: Path) -> AssistantSettings:
    """Settings as they come from an environment with a data folder, where models may be on this machine."""
    return read({"VK_DATA": str(tmp_path / "data"), "VK_MODEL_HOSTS": "127.0.0.1"})


@pytest.fixture
def app(settings: AssistantSettings, west: Host, zuid: Host) -> Iterator[Flask]:
    """The sidecar with both tenants and both hosts registered."""
    app = create_app(settings, clock=lambda: NOW)
    services: Services = app.extensions["veranderkracht"]
    register(services, west, zuid)
    yield app
    services.knowledge.close()
    services.database.close()


@pytest.fixture
def services(app: Flask) -> Services:
    """What the app has at hand."""
    found: Services = app.extensions["veranderkracht"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app."""
    return app.test_client()


@pytest.fixture
def index(services: Services) -> Indexing:
    """Index files and folders: `index(tenant, path, …)`."""

    def indexed(tenant: str, *paths: Path) -> building.Manifest:
        return index_into(services, tenant, *paths)

    return indexed


def register(services: Services, *hosts: Host) -> None:
    """Register hosts with their tenants."""
    for host in hosts:
        with services.database.write() as session:
            add_tenant(session, host.key.tenant, host.key.tenant.title(), NOW)
        with services.database.write() as session:
            add_host_key(
                session,
                tenant=host.key.tenant,
                kid=host.key.kid,
                issuer=host.key.issuer,
                public_pem=host.public_pem,
                origins=[host.origin],
                roles=["learner", "teacher", "host"],
                at=NOW,
            )


def index_into(services: Services, tenant: str, *paths: Path) -> building.Manifest:
    """Index files and folders for a tenant, as the command does."""
    slug = TenantSlug(tenant)
    with services.database.write() as session:
        tenant_id = find_tenant(session, tenant).id
        for path in paths:
            corpus.keep_equal(session, tenant_id, path.resolve(), collect(path.resolve()), NOW)
    return work_off(services.settings, services.database, services.clock, slug, tenant_id)
