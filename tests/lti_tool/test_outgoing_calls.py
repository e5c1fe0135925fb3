"""What goes out to platforms is limited in time, size and direction; and their keys are kept sensibly."""

import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from lti_tool import outgoing
from lti_tool.outgoing import MAX_BYTES, Outgoing, OutgoingFault
from lti_tool.platform_keys import COOLDOWN, LIFETIME, KeysUnreachable, KeyUnknown, PlatformKeys
from tests.lti_tool.world import Asked, Listener, Platform, key


@pytest.fixture
def out() -> Outgoing:
    return Outgoing(allow_private=True, total=2.0)


def test_redirects_are_not_followed(out: Outgoing, listener: Listener) -> None:
    listener.answers["/weg"] = lambda _: (302, "text/plain", b"")
    assert out.get(f"{listener.url}/weg").status == 302
    assert len(listener.asked) == 1


def test_an_answer_that_is_too_large_is_dropped(out: Outgoing, listener: Listener) -> None:
    listener.answers["/groot"] = lambda _: (200, "text/plain", b"x" * (MAX_BYTES + 1))
    with pytest.raises(OutgoingFault, match="groter dan 512 KiB"):
        out.get(f"{listener.url}/groot")


def test_an_answer_that_drips_is_cut_off() -> None:
    stop = threading.Event()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not stop.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            with pytest.raises(OutgoingFault, match=r"langer dan 0\.3 s"):
                Outgoing(allow_private=True, total=0.3).get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        finally:
            stop.set()
            thread.join(timeout=10)


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def break_off() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf")

        thread = threading.Thread(target=break_off, daemon=True)
        thread.start()
        with pytest.raises(OutgoingFault, match="geen verbinding"):
            Outgoing(allow_private=True, total=2).get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join(timeout=10)


def test_a_server_that_says_nothing_is_given_up(listener: Listener) -> None:
    release = threading.Event()

    def hang(_: Asked) -> tuple[int, str, bytes]:
        release.wait(20)
        return 200, "text/plain", b""

    listener.answers["/stil"] = hang
    try:
        with pytest.raises(OutgoingFault, match="antwoordt niet op tijd"):
            Outgoing(allow_private=True, total=0.2).get(f"{listener.url}/stil")
    finally:
        release.set()


def test_nobody_there_is_said_plainly(out: Outgoing) -> None:
    with pytest.raises(OutgoingFault, match=r"127\.0\.0\.1:9: geen verbinding"):
        out.get("http://127.0.0.1:9/")


def test_plain_http_is_refused_unless_allowed(listener: Listener) -> None:
    with pytest.raises(OutgoingFault, match="enkel https"):
        Outgoing().get(f"{listener.url}/jwks")
    assert listener.asked == []


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A TLS server on the loopback address, with what reached it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key("tls").public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key("tls"), hashes.SHA256())
    )
    pem = tmp_path / "tls.pem"
    private = key("tls").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    seen: list[bytes] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.1)
        stop = threading.Event()

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                connection.settimeout(2)
                try:
                    seen.append(connection.recv(100))
                except OSError:
                    seen.append(b"?")
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], seen
        stop.set()
        thread.join(timeout=10)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "127.1"),
        *("2130706433", "0x7f000001", "0177.0.0.1"),
    ],
)
def test_an_address_on_the_inside_gets_no_byte(host: str, inside: tuple[int, list[bytes]]) -> None:
    port, seen = inside
    with pytest.raises(OutgoingFault, match="privaat adres"):
        Outgoing(total=3.0).get(f"https://{host}:{port}/jwks")
    assert all(not each for each in seen), "something was sent"


def test_the_guard_lets_addresses_on_the_outside_through(
    inside: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same call with the check away reaches the server: it was the check that kept it back.
    monkeypatch.setattr(outgoing, "_refuse_private", lambda _: None)
    port, seen = inside
    with pytest.raises(OutgoingFault):
        Outgoing(total=3.0).get(f"https://127.0.0.1:{port}/jwks")
    assert any(each.startswith(b"\x16\x03") for each in seen), "no TLS hello arrived"


PRIVATE_FOUR = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"]
OUTSIDE = ["8.8.8.8", "193.190.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("four", [*PRIVATE_FOUR, "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"])
def test_an_inside_address_is_known_in_every_notation(four: str) -> None:
    last = ipaddress.IPv4Address(four).packed
    notations = {
        "mapped": b"\0" * 10 + b"\xff\xff" + last,
        "compatible": b"\0" * 12 + last,
        "translated": b"\0" * 8 + b"\xff\xff\0\0" + last,
        "nat64": bytes.fromhex("0064ff9b") + b"\0" * 8 + last,
        "nat64, a network's own": bytes.fromhex("0064ff9b0001") + b"\0" * 6 + last,
        "6to4": bytes.fromhex("2002") + last + b"\0" * 10,
        "teredo": bytes.fromhex("20010000") + b"\0" * 8 + bytes(255 - each for each in last),
    }
    assert outgoing.is_inside(four)
    for name, packed in notations.items():
        assert outgoing.is_inside(str(ipaddress.IPv6Address(packed))), name


@pytest.mark.parametrize(
    "address",
    ["::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1"],
)
def test_an_inside_address_of_ipv6_is_known(address: str) -> None:
    assert outgoing.is_inside(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_on_the_outside_may_be_called(address: str) -> None:
    assert not outgoing.is_inside(address)


@given(st.ip_addresses(v=6))
def test_no_address_of_ipv6_that_carries_an_inside_one_passes(address: ipaddress.IPv6Address) -> None:
    inner = address.ipv4_mapped or address.sixtofour
    if not outgoing.is_inside(str(address)):
        assert address.is_global
        assert inner is None or inner.is_global


@pytest.mark.parametrize(
    "url",
    [
        "https://lms.example:geheim@evil.example/token",
        "https://gebruiker@lms.example/token",
        "https://@lms.example/token",
        "https://lms.example\\@evil.example/token",
        "https://lms.example/pad\r\nX-Kop: 1",
        "https://lms.example\t.evil.example/",
        "https://",
        "https:///pad",
        "https://lms.example:0/",
        "https://lms.example:99999/",
        "https://[::1/",
        "//lms.example/token",
        "file:///etc/passwd",
        "ftp://lms.example/",
        "gopher://lms.example/",
        f"https://{'a' * 70}.example/",
        "",
    ],
)
@pytest.mark.parametrize("allow_private", [True, False])
def test_an_address_that_says_more_than_where_to_is_not_called(
    url: str, allow_private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "getaddrinfo", connect)
    with pytest.raises(OutgoingFault) as fault:
        Outgoing(allow_private=allow_private).get(url)
    assert "geheim" not in fault.value.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_us_nor_our_access_elsewhere(out: Outgoing, listener: Listener, status: int) -> None:
    elsewhere = {"Location": f"{listener.url}/elders"}
    listener.answers["/weg"] = lambda _: (status, "text/plain", b"", elsewhere)
    answer = out.post(f"{listener.url}/weg", b"{}", {"Authorization": "Bearer sesam"})
    assert answer.status == status
    assert listener.to("/elders") == []


def test_a_proxy_or_a_password_of_the_environment_is_not_used(
    out: Outgoing, listener: Listener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login jan password geheim\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    listener.json("/open", {})
    assert out.get(f"{listener.url}/open").status == 200
    assert "Authorization" not in listener.asked[0].headers


class Ticks:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_kept_and_fetched_anew_for_an_unknown_one(out: Outgoing, listener: Listener) -> None:
    platform, ticks = Platform("west", "w", listener), Ticks()
    keys = PlatformKeys(out, ticks)
    url = f"{platform.issuer}/jwks"
    for _ in range(3):
        keys.key(url, "k1")
    assert len(listener.to("/west/jwks")) == 1
    listener.json("/west/jwks", {"keys": [platform.jwk("k1"), platform.jwk("k2")]})
    ticks.now += COOLDOWN + 1
    keys.key(url, "k2")
    assert len(listener.to("/west/jwks")) == 2


def test_unknown_keys_cannot_make_us_hammer_a_platform(out: Outgoing, listener: Listener) -> None:
    platform, ticks = Platform("west", "w", listener), Ticks()
    keys = PlatformKeys(out, ticks)
    for number in range(20):
        with pytest.raises(KeyUnknown):
            keys.key(f"{platform.issuer}/jwks", f"onbekend-{number}")
    assert len(listener.to("/west/jwks")) == 1
    keys.key(f"{platform.issuer}/jwks", "k1")


def test_a_platform_that_is_away_is_not_asked_at_every_launch_and_its_old_keys_still_count(
    out: Outgoing, listener: Listener
) -> None:
    platform, ticks = Platform("west", "w", listener), Ticks()
    keys = PlatformKeys(out, ticks)
    url = f"{platform.issuer}/jwks"
    keys.key(url, "k1")
    listener.json("/west/jwks", {}, status=500)
    ticks.now += LIFETIME + 1
    for _ in range(5):
        keys.key(url, "k1")
    assert len(listener.to("/west/jwks")) == 2
    with pytest.raises(KeysUnreachable, match="status 500"):
        keys.key(url, "k2")


def test_a_known_key_does_not_wait_while_an_unknown_one_is_looked_for(out: Outgoing, listener: Listener) -> None:
    platform, ticks = Platform("west", "w", listener), Ticks()
    keys = PlatformKeys(out, ticks)
    url = f"{platform.issuer}/jwks"
    keys.key(url, "k1")
    ticks.now += COOLDOWN + 1
    looking, go_on = threading.Event(), threading.Event()

    def slow(_: Asked) -> tuple[int, str, bytes]:
        looking.set()
        go_on.wait(10)
        return 500, "text/plain", b""

    listener.answers["/west/jwks"] = slow

    def look() -> None:
        with suppress(KeyUnknown, KeysUnreachable):
            keys.key(url, "onbekend")

    found = threading.Event()
    threads = [threading.Thread(target=look), threading.Thread(target=lambda: keys.key(url, "k1") and found.set())]
    threads[0].start()
    assert looking.wait(10)
    threads[1].start()
    assert found.wait(1), "a known key waited for an unknown one"
    go_on.set()
    for thread in threads:
        thread.join(10)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"keys": "geen lijst"},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}]},
        {"keys": [{"kty": "RSA", "kid": "k1"}]},
        {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k1"}]},
        {"keys": [{"kty": "RSA", "n": 5, "e": {}, "kid": "k1"}, None, "x"]},
    ],
)
def test_a_lying_key_set_brings_no_key(out: Outgoing, listener: Listener, document: object) -> None:
    listener.json("/jwks", document)
    with pytest.raises((KeyUnknown, KeysUnreachable)):
        PlatformKeys(out, Ticks()).key(f"{listener.url}/jwks", "k1")


def test_a_key_that_is_too_small_is_no_key(out: Outgoing, listener: Listener) -> None:
    small = json.loads(RSAAlgorithm.to_jwk(generate_private_key(public_exponent=65537, key_size=1024).public_key()))
    listener.json("/jwks", {"keys": [{"kty": "RSA", "n": small["n"], "e": small["e"], "kid": "k1"}]})
    with pytest.raises(KeyUnknown):
        PlatformKeys(out, Ticks()).key(f"{listener.url}/jwks", "k1")


@pytest.mark.parametrize("change", [{"alg": "RS512"}, {"use": "enc"}])
def test_a_key_for_something_else_is_no_key_for_launches(
    out: Outgoing, listener: Listener, change: dict[str, str]
) -> None:
    listener.json("/jwks", {"keys": [{**Platform("west", "w", listener).jwk(), **change}]})
    with pytest.raises(KeyUnknown):
        PlatformKeys(out, Ticks()).key(f"{listener.url}/jwks", "k1")
