"""What an administrator reads is what there is."""

import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest

from assistant_service.configuration import TABLE as ASSISTANT
from lti_tool.commands import register_command
from lti_tool.configuration import TABLE as LTI
from xblocks.configuration import Configuration

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LMS_PAGES = {
    name: (ROOT / "docs" / "lms" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("moodle", "canvas", "brightspace", "blackboard", "sakai", "openedx")
}
SETTINGS = {setting.name for setting in (*ASSISTANT, *LTI)} | {field.name for field in fields(Configuration)}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_explained(name: str) -> None:
    assert f"| `{name}` |" in OPERATIONS


def test_no_setting_is_explained_that_does_not_exist() -> None:
    rows = [line.split("`")[1] for line in OPERATIONS.splitlines() if line.startswith("| `")]
    assert set(rows) - SETTINGS == set()


def test_the_readme_has_exactly_two_commands() -> None:
    block = README.split("```sh\n")[1].split("```")[0]
    assert [line.split("#")[0].strip() for line in block.strip().splitlines()] == ["make demo", "make test"]


def _sources(page: str) -> list[str]:
    """The numbered lines of a page's last section, in order."""
    return [line for line in page.split("\n## Sources\n")[1].splitlines() if re.match(r"\d+\. ", line)]


@pytest.mark.parametrize("name", LMS_PAGES)
@pytest.mark.parametrize("path", ["login", "launch", "jwks", "register"])
def test_a_page_on_an_lms_gives_the_addresses_to_fill_in(name: str, path: str) -> None:
    if path == "register" and name in ("blackboard", "openedx"):
        assert "Dynamic Registration" in LMS_PAGES[name]  # and says that it is not for this LMS
        return
    assert f"`https://TOOL/lti/{path}" in LMS_PAGES[name]


@pytest.mark.parametrize("name", LMS_PAGES)
def test_a_page_on_an_lms_says_where_each_thing_was_read_in_which_version_and_when(name: str) -> None:
    head, _, _ = LMS_PAGES[name].split("\n## Sources\n")[1].partition("\n1. ")
    assert re.search(r"All read on 20\d\d-\d\d-\d\d", head)
    sources = _sources(LMS_PAGES[name])
    assert len(sources) >= 3
    for line in sources:
        assert "](https://" in line, line
        assert re.search(r"commit `[0-9a-f]{12}`|\bversion\b", line), line
        linked = {commit[:12] for commit in re.findall(r"/(?:blob|tree)/([0-9a-f]{40})/", line)}
        assert linked == set(re.findall(r"commit `([0-9a-f]{12})`", line)), line


@pytest.mark.parametrize("name", LMS_PAGES)
def test_every_number_in_a_page_on_an_lms_leads_to_a_source_and_every_source_is_used(name: str) -> None:
    body = LMS_PAGES[name].split("\n## Sources\n")[0]
    numbers = [int(line.split(".")[0]) for line in _sources(LMS_PAGES[name])]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {int(number) for number in re.findall(r"\[(\d+)\]", body)} == set(numbers)


@pytest.mark.parametrize("name", LMS_PAGES)
def test_a_page_on_an_lms_can_be_followed_in_ten_minutes(name: str) -> None:
    assert len(LMS_PAGES[name].splitlines()) <= 120


@pytest.mark.parametrize("name", LMS_PAGES)
def test_the_command_on_a_page_on_an_lms_is_complete(name: str) -> None:
    options = {option for parameter in register_command.params for option in parameter.opts}
    required = {option for parameter in register_command.params if parameter.required for option in parameter.opts}
    block = LMS_PAGES[name].split("```sh\nveranderkracht lti register ")[1].split("```")[0]
    given = set(re.findall(r"--[a-z-]+", block))
    assert required <= given <= options
    assert set(re.findall(r"`(--[a-z-]+)`", LMS_PAGES[name])) <= options


def test_the_list_of_lms_pages_is_complete() -> None:
    folder = ROOT / "docs" / "lms"
    listed = set(re.findall(r"\]\(([a-z]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {page.name for page in folder.glob("*.md")} - {"README.md"} == {f"{name}.md" for name in LMS_PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|mailto:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = unquote(target).partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", goal.read_text(encoding="utf-8"), flags=re.M)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, (
                target
            )
