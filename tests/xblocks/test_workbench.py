"""The blocks in the real workbench, over HTTP: their resources, and the main job from draft to gradebook."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.xblocks.workbench import Visitor, Workbench, running
from veranderkracht.modules.library import Library

pytestmark = pytest.mark.workbench

STEPS = [(step.id, step.kind) for step in Library.installed().module("samen-kijken").steps]
TEXT = "Vorige week stond de dochter van een bewoner op mij te wachten en ik had geen tijd voor haar. " * 10


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with running(tmp_path_factory.mktemp("workbench") / "data") as workbench:
        yield workbench


def test_the_start_page_leads_to_every_step(workbench: Workbench) -> None:
    page = requests.get(workbench.url, timeout=20).text
    links = set(re.findall(r'href="(/scenario/[^"]+)"', page))
    modules = Library.installed().modules()
    assert len(links) == 3 * (1 + sum(len(module.steps) for module in modules))  # with the map of the route
    # One person's way through all of them; the others open the same blocks.
    assert {requests.get(workbench.url + link, timeout=20).status_code for link in links if "hanne" in link} == {200}


@pytest.mark.parametrize(("step", "kind"), STEPS)
def test_each_step_is_the_block_of_its_kind(workbench: Workbench, step: str, kind: str) -> None:
    visitor = Visitor(workbench, step, "hanne")
    assert f"<vk-{kind} " in visitor.html and "vk-desk" not in visitor.html
    assert visitor.call("state").json()["kind"] == kind


def test_the_map_of_the_route_knows_what_was_done_in_the_workbench(workbench: Workbench) -> None:
    assert "0 van de 10 modules afgerond" in Visitor(workbench, "routekaart", "docent-in-spe").html
    reader = Visitor(workbench, "wie-kijkt-mee", "lezer")
    assert reader.call("submit", {"version": 0, "body": {}}).status_code == 200
    assert "1 van 9 stappen gedaan" in Visitor(workbench, "routekaart", "lezer").html


@pytest.mark.parametrize("kind", ["reading", "case", "quiz", "reflection"])
def test_everything_that_a_page_imports_comes_by_the_blocks_own_resource_route(workbench: Workbench, kind: str) -> None:
    base = f"{workbench.url}/resource/vk_{kind}/public/"
    to_see, seen = {"init.js", "host.js", "studio.js", "vk/vk.js", "vk/vk.css", "block.css"}, set[str]()
    while to_see:
        name = to_see.pop()
        seen.add(name)
        answer = requests.get(base + name, timeout=20)
        assert answer.status_code == 200, name
        expected = {"js": "javascript", "css": "css", "woff2": ""}[name.rpartition(".")[2]]
        assert expected in answer.headers["Content-Type"]
        if not expected:
            continue
        for named in re.findall(r'(?:from|@import|url\()\s*"(\.{0,2}/?[\w./-]+\.(?:js|css|woff2))"', answer.text):
            path = (Path("/") / name).parent.joinpath(named)
            to_see |= {str(Path(*path.resolve().parts[1:]))} - seen
    assert {"handlers.js", "vk/vk-desk.js", "vk/css/tokens.css"} < seen
    assert any(name.endswith(".woff2") for name in seen)


def test_what_is_not_public_is_not_served(workbench: Workbench) -> None:
    for name in ("configuration.py", "templates/step.html", "public/../configuration.py", "public/vk/../../base.py"):
        address = f"{workbench.url}/resource/vk_quiz/{name.replace('..', '%2e%2e')}"
        assert requests.get(address, timeout=20).status_code == 404


def test_a_student_writes_and_a_teacher_publishes_and_the_score_stands_in_edx_submissions(workbench: Workbench) -> None:
    yusuf = Visitor(workbench, "eigen-praktijk", "yusuf")
    saved = yusuf.call("save", {"version": 0, "body": {"text": TEXT}})
    assert saved.status_code == 200
    handed_in = yusuf.call("submit", {"version": saved.json()["version"], "body": {"text": TEXT}})
    submission = handed_in.json()["submission"]["id"]

    docent = Visitor(workbench, "eigen-praktijk", "docent")
    assert "<vk-desk" in docent.html
    [item] = [each for each in docent.call("queue").json()["items"] if each["name"] == "Yusuf"]
    assert item["submission"] == submission
    work = docent.call("work", {"submission": submission}).json()
    assessment = {
        "submission": submission,
        "version": 0,
        "levels": {each["id"]: each["levels"][-1]["id"] for each in work["rubric"]["criteria"] if each["graded"]},
        "comments": {},
        "comment": "Knap gedaan.",
        "publish": True,
    }
    assert docent.call("assess", assessment).status_code == 200
    assert ("yusuf", 1000, 1000) in workbench.scores()

    again = Visitor(workbench, "eigen-praktijk", "yusuf").call("state").json()
    assert again["assessment"]["comment"] == "Knap gedaan." and again["assessment"]["score"] == "10"


@pytest.mark.parametrize("operation", ["queue", "work", "assess"])
def test_a_student_does_not_grade(workbench: Workbench, operation: str) -> None:
    answer = Visitor(workbench, "eigen-praktijk", "hanne").call(operation, {"submission": "x"})
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_the_csrf_token_nothing_is_taken(workbench: Workbench) -> None:
    hanne = Visitor(workbench, "eigen-praktijk", "hanne")
    refused = hanne.call("save", {"version": 0, "body": {"text": "x"}}, csrf=False)
    assert refused.status_code == 403 and "problem+json" not in refused.headers["Content-Type"]
    assert hanne.call("state").json()["status"] == "new"


def test_the_key_for_the_assistant_is_the_same_every_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.workbench", "host-key", "--data", str(tmp_path / "data")]
    first, second = (
        json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout) for _ in range(2)
    )
    assert first == second and set(first) == {"kid", "issuer", "public_key"}
    assert first["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "PRIVATE" not in json.dumps(first)
