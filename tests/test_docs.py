"""What an administrator reads is what there is."""

from dataclasses import fields
from pathlib import Path

import pytest

from assistant_service.configuration import TABLE as ASSISTANT
from lti_tool.configuration import TABLE as LTI
from xblocks.configuration import Configuration

OPERATIONS = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
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
