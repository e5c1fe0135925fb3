"""What an operator meets in VERANDERKRACHT: clear refusals, sensible silence, and secrets that stay secret."""

import io
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from xblocks.configuration import configuration


def whole(folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "TENANT": "hogeschool-west",
        "ISSUER": "https://lms.west.example",
        "ASSISTANT_URL": "https://assistent.west.example/",
        "HOST_KEY_FILE": str(folder / "host.pem"),
        "TENANT_KEY_FILE": str(folder / "tenant.secret"),
        **changes,
    }


def make_keys() -> None:
    call_command("vk_host_key", stdout=io.StringIO())


def test_nothing_need_be_set_for_a_site_without_an_assistant() -> None:
    with override_settings(VERANDERKRACHT={}):
        found = configuration()
        assert not found.assistant
        assert found.TENANT == "lokaal" and found.ISSUER == "http://127.0.0.1:9990"
        assert len(found.tenant_key) == 32


def test_the_secret_without_a_file_follows_from_djangos_own() -> None:
    keys = set()
    for secret in ("een", "een", "twee"):
        # Each time as in a new process, for the settings are read once.
        with override_settings(VERANDERKRACHT={"HOST_KID": secret + str(len(keys))}, SECRET_KEY=secret):
            keys.add(configuration().tenant_key)
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("TENNANT", "west", "bestaat niet. Wel: TENANT, ISSUER"),
        ("TENANT", "Hogeschool West", "kleine letters"),
        ("TENANT", "x" * 61, "hoogstens 60"),
        ("TENANT", "", "kleine letters"),
        ("ISSUER", None, "moet tekst zijn"),
        ("ASSISTANT_URL", "assistent.west.example", "moet een adres zijn"),
        ("ASSISTANT_URL", "ftp://assistent.west.example", "moet een adres zijn"),
        ("ASSISTANT_URL", "https://[", "moet een adres zijn"),
        ("HOST_KEY_FILE", "sleutel.pem", "volledig pad"),
        ("TENANT_KEY_FILE", 7, "volledig pad"),
        ("WORKBENCH_TEACHERS", "lies", "lijst van namen"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_do(tmp_path: Path, name: str, value: object, reason: str) -> None:
    with (
        override_settings(VERANDERKRACHT=whole(tmp_path, **{name: value})),
        pytest.raises(ImproperlyConfigured) as refused,
    ):
        configuration()
    assert f"{name}: " in str(refused.value) and reason in str(refused.value)


def test_every_fault_is_named_at_once() -> None:
    wrong = {"TENANT": "Ä", "ASSISTANT_URL": "x", "SECRET": "y"}
    with override_settings(VERANDERKRACHT=wrong), pytest.raises(ImproperlyConfigured) as refused:
        configuration()
    assert all(f"  {name}: " in str(refused.value) for name in wrong)


def test_settings_that_are_no_dict_are_refused() -> None:
    with override_settings(VERANDERKRACHT=["TENANT"]), pytest.raises(ImproperlyConfigured, match="dict"):
        configuration()


@pytest.mark.parametrize("missing", ["ISSUER", "HOST_KEY_FILE", "TENANT_KEY_FILE"])
def test_with_an_assistant_the_keys_and_the_issuer_are_needed(tmp_path: Path, missing: str) -> None:
    with (
        override_settings(VERANDERKRACHT=whole(tmp_path, **{missing: ""})),
        pytest.raises(ImproperlyConfigured, match=f"{missing}: nodig zodra"),
    ):
        configuration()


def test_the_files_are_made_for_our_eyes_only_and_stay(tmp_path: Path) -> None:
    with override_settings(VERANDERKRACHT=whole(tmp_path / "nieuw")):
        make_keys()
        files = [tmp_path / "nieuw" / name for name in ("host.pem", "tenant.secret")]
        before = [file.read_text() for file in files]
        make_keys()
        assert [file.read_text() for file in files] == before
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert sorted(file.name for file in (tmp_path / "nieuw").iterdir()) == ["host.pem", "tenant.secret"]
        key = configuration().host_key()
    assert key.tenant_key == bytes.fromhex(before[1])
    assert (key.tenant, key.issuer) == ("hogeschool-west", "https://lms.west.example")
    assert key.kid.startswith("lms-hogeschool-west-")
    assert before[0] not in repr(key)


def test_a_key_that_is_not_there_yet_says_who_makes_it(tmp_path: Path) -> None:
    with (
        override_settings(VERANDERKRACHT=whole(tmp_path)),
        pytest.raises(ImproperlyConfigured, match=r"host\.pem.*vk_host_key"),
    ):
        configuration().host_key()


def _elliptic() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("content", ["", "geen sleutel", _elliptic()])
def test_a_file_that_holds_no_key_of_ours_is_refused_by_name(tmp_path: Path, content: str) -> None:
    with override_settings(VERANDERKRACHT=whole(tmp_path)):
        (tmp_path / "host.pem").write_text(content)
        (tmp_path / "tenant.secret").write_text("ab" * 32)
        with pytest.raises(ImproperlyConfigured, match=r"HOST_KEY_FILE.*Ed25519"):
            configuration().host_key()
        with pytest.raises(CommandError, match="HOST_KEY_FILE"):
            make_keys()


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31])
def test_a_secret_that_is_short_or_no_secret_is_refused_by_name(tmp_path: Path, content: str) -> None:
    with override_settings(VERANDERKRACHT=whole(tmp_path)):
        (tmp_path / "tenant.secret").write_text(content)
        with pytest.raises(ImproperlyConfigured, match="TENANT_KEY_FILE") as refused:
            _ = configuration().tenant_key
        assert not content or content not in str(refused.value)


def test_the_key_command_says_what_must_be_set_first() -> None:
    with override_settings(VERANDERKRACHT={}), pytest.raises(CommandError, match="HOST_KEY_FILE, TENANT_KEY_FILE"):
        make_keys()
