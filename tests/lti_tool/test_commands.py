"""The commands of the tool do what an administrator expects, again and again."""

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from lti_tool import configuration
from lti_tool.database import Database
from lti_tool.keys import KeyFolder
from lti_tool.tables import AuditRow, DeploymentRow, RegistrationRow, TenantRow
from veranderkracht.cli import main
from veranderkracht.errors import NotFound
from veranderkracht.settings import SettingsError

PLATFORM = [
    *("--issuer", "https://lms.example", "--client-id", "c1", "--auth-url", "https://lms.example/auth"),
    *("--token-url", "https://lms.example/token", "--jwks-url", "https://lms.example/jwks"),
]


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VK_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VK_LTI_DATA", str(tmp_path))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def register(*more: str, tenant: str = "west") -> Result:
    return run("lti", "register", "--tenant", tenant, *PLATFORM, *more)


def stored(tmp_path: Path) -> tuple[list[RegistrationRow], list[str], list[str]]:
    database = Database(f"sqlite:///{tmp_path / 'lti.sqlite3'}")
    with database.read() as session:
        rows = session.query(RegistrationRow).all()
        deployments = [row.deployment_id for row in session.query(DeploymentRow).order_by(DeploymentRow.id)]
        tenants = [row.slug for row in session.query(TenantRow).order_by(TenantRow.id)]
    database.close()
    return rows, deployments, tenants


def test_registering_again_brings_it_up_to_date(tmp_path: Path) -> None:
    first = register("--deployment-id", "1")
    assert first.exit_code == 0, first.output
    assert "http://127.0.0.1:8001/lti/login" in first.output
    again = register("--deployment-id", "1", "--deployment-id", "2", "--token-audience", "https://lms.example/aud")
    assert again.exit_code == 0
    assert "Bijgewerkt" in again.output
    [row], deployments, tenants = stored(tmp_path)
    assert row.token_audience == "https://lms.example/aud"
    assert (deployments, tenants) == (["1", "2"], ["west"])


def test_the_audit_log_says_who_added_and_who_changed_a_registration(tmp_path: Path) -> None:
    register("--deployment-id", "1")
    register("--deployment-id", "2")
    database = Database(f"sqlite:///{tmp_path / 'lti.sqlite3'}")
    with database.read() as session:
        rows = session.query(AuditRow).order_by(AuditRow.id).all()
    database.close()
    assert [(row.act, row.by, row.tenant, row.about) for row in rows] == [
        ("registration-added", "opdrachtregel", "west", "https://lms.example c1"),
        ("registration-changed", "opdrachtregel", "west", "https://lms.example c1"),
    ]


def test_a_deployment_of_another_tenant_cannot_be_taken_over(tmp_path: Path) -> None:
    register("--deployment-id", "1")
    taken = register("--deployment-id", "1", tenant="zuid")
    assert taken.exit_code == 1
    assert "hoort al bij instelling 'west'" in taken.output
    assert register("--deployment-id", "2", tenant="zuid").exit_code == 0
    assert stored(tmp_path)[1:] == (["1", "2"], ["west", "zuid"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tenant", "West!", *PLATFORM, "--deployment-id", "1"], "kleine letters"),
        (["--tenant", "west", *PLATFORM, "--deployment-id", "1", "--jwks-url", "ftp://x"], "jwks-url"),
        (["--tenant", "west", *PLATFORM, "--deployment-id", ""], "deployment-id"),
        (["--tenant", "west", *PLATFORM, "--deployment-id", "1", "--frame-origin", "https://a.example/pad"], "frame"),
    ],
)
def test_a_wrong_registration_says_what_is_wrong(arguments: list[str], said: str) -> None:
    result = run("lti", "register", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_the_host_key_is_made_once_and_only_its_public_half_shows(tmp_path: Path) -> None:
    first, second = (json.loads(run("lti", "host-key", "--tenant", "west", "--json").output) for _ in range(2))
    assert first == second
    assert first["issuer"] == "http://127.0.0.1:8001"
    assert "PRIVATE" not in first["public_key"]
    load_pem_public_key(first["public_key"].encode())
    assert first["kid"] in run("lti", "host-key", "--tenant", "west").output
    for file in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_lost_host_key_is_not_made_anew_in_silence(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys", "https://tool.example")
    with pytest.raises(NotFound) as missing:
        keys.host_key("west")
    assert missing.value.code == "host-key-missing"


def test_older_signing_keys_stay_published_and_the_newest_signs(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = KeyFolder(folder, "i").signing_key()
    (folder / "tool-0002.pem").write_text((folder / "tool-0001.pem").read_text())
    second = KeyFolder(tmp_path / "other", "i").signing_key()
    (folder / "tool-0002.pem").write_text(second.private_pem)
    keys = KeyFolder(folder, "i")
    assert keys.signing_key().kid == second.kid
    assert {key["kid"] for key in keys.public_set()["keys"]} == {first.kid, second.kid}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VK_LTI_BASE_URL", "geen adres"),
        ("VK_LTI_DATABASE_URL", "mysql://x"),
        ("VK_LTI_ALLOW_PRIVATE", "misschien"),
        ("VK_LTI_SECRET", "kort"),
        ("VK_REDIS_URL", "http://x"),
        ("VK_ASSISTANT_URL", "localhost:8002"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        configuration.read(os.environ)
    assert run("lti", "migrate").exit_code == 1


def test_the_settings_are_all_explained() -> None:
    shown = run("lti", "settings").output
    assert all(setting.name in shown and setting.help in shown for setting in configuration.TABLE)


def test_migrating_is_a_command() -> None:
    assert run("lti", "migrate").exit_code == 0


def test_the_settings_never_show_the_secret() -> None:
    settings = configuration.read({"VK_LTI_SECRET": "g" * 40})
    assert "ggg" not in repr(settings)
