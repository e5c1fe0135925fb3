"""What the demo sets up before it starts: tenant, keys, registrations, and the knowledge index.

Only commands that a real administrator would use; each may run again on what is already there.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.lms.platform import CLIENT_ID, DEPLOYMENT_ID
from demo.processes import HOST, PYTHON, Service, run

ROOT = Path(__file__).resolve().parent.parent
TENANT = "demo-hogeschool"
TENANT_NAME = "Demo-hogeschool"
CLI = [PYTHON, "-m", "veranderkracht.cli"]


@dataclass(frozen=True)
class Ports:
    """Where each part listens on 127.0.0.1: the LMS on the first port, the others on the next ones."""

    lms: int = 8000

    @property
    def lti(self) -> int:
        """The LTI tool."""
        return self.lms + 1

    @property
    def assistant(self) -> int:
        """The sidecar."""
        return self.lms + 2

    @property
    def workbench(self) -> int:
        """The XBlock workbench."""
        return self.lms + 3


@dataclass(frozen=True)
class World:
    """The demo's parts and how each is started.

    Args:
        data: the folder for everything the demo keeps.
        ports: where the parts listen.
    """

    data: Path
    ports: Ports = Ports()

    @property
    def lms_url(self) -> str:
        """The demo LMS, also the issuer of its launches."""
        return f"http://{HOST}:{self.ports.lms}"

    @property
    def lti(self) -> Service:
        """The LTI tool."""
        return Service(
            "lti-tool", self.ports.lti, [*CLI, "serve", "lti", "--port", str(self.ports.lti)], self.lti_environment
        )

    @property
    def assistant(self) -> Service:
        """The sidecar."""
        command = [*CLI, "serve", "assistant", "--port", str(self.ports.assistant)]
        return Service("assistent", self.ports.assistant, command, self.assistant_environment)

    @property
    def workbench(self) -> Service:
        """The XBlock workbench."""
        command = [
            PYTHON,
            "-m",
            "demo.workbench",
            "--port",
            str(self.ports.workbench),
            "--data",
            str(self.data / "workbench"),
        ]
        return Service("werkbank", self.ports.workbench, command, self.workbench_environment)

    @property
    def lti_environment(self) -> dict[str, str]:
        """Settings of the LTI tool."""
        return {
            "VK_LTI_DATA": str(self.data / "lti"),
            "VK_LTI_BASE_URL": f"http://{HOST}:{self.ports.lti}",
            "VK_ASSISTANT_URL": f"http://{HOST}:{self.ports.assistant}",
            # The platform of the demo is on this very machine; elsewhere private addresses stay refused.
            "VK_LTI_ALLOW_PRIVATE": "true",
        }

    @property
    def assistant_environment(self) -> dict[str, str]:
        """Settings of the sidecar."""
        return {"VK_DATA": str(self.data / "assistant"), "LANGSMITH_TRACING": "false"}

    @property
    def workbench_environment(self) -> dict[str, str]:
        """Settings of the workbench."""
        return {
            "VK_ASSISTANT_URL": f"http://{HOST}:{self.ports.assistant}",
            "VK_WORKBENCH_URL": f"http://{HOST}:{self.ports.workbench}",
            "VK_TENANT": TENANT,
        }

    def prepare(self, say: Callable[[str], None]) -> None:
        """Set everything up, saying what is being done.

        Raises:
            DemoError: a command failed.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        say("De instelling en de kennisbank klaarzetten …")
        self._assistant("tenant", "add", TENANT, "--name", TENANT_NAME)
        self._assistant(
            "index", "--tenant", TENANT, str(ROOT / "content" / "kennis"), str(ROOT / "content" / "modules")
        )
        say("De leeromgeving en de LTI-tool aan elkaar koppelen …")
        lms = self.lms_url
        run(
            [
                *(*CLI, "lti", "register", "--tenant", TENANT, "--issuer", lms, "--client-id", CLIENT_ID),
                *("--auth-url", f"{lms}/lti/auth", "--token-url", f"{lms}/lti/token"),
                *("--jwks-url", f"{lms}/lti/jwks", "--deployment-id", DEPLOYMENT_ID),
            ],
            self.lti_environment,
        )
        say("De sleutels van beide kanalen aan de assistent geven …")
        lti_key = run([*CLI, "lti", "host-key", "--tenant", TENANT, "--json"], self.lti_environment)
        self._add_host(lti_key, f"http://{HOST}:{self.ports.lti}")
        workbench_key = run(
            [PYTHON, "-m", "demo.workbench", "host-key", "--data", str(self.data / "workbench")],
            self.workbench_environment,
        )
        self._add_host(workbench_key, f"http://{HOST}:{self.ports.workbench}")

    def _assistant(self, *arguments: str) -> str:
        return run([*CLI, *arguments], self.assistant_environment)

    def _add_host(self, key: str, origin: str) -> None:
        host = json.loads(key)
        run(
            [
                *(*CLI, "host", "add", "--tenant", TENANT, "--kid", host["kid"], "--issuer", host["issuer"]),
                *("--public-key", "-", "--origin", origin),
            ],
            self.assistant_environment,
            standard_input=host["public_key"],
        )
