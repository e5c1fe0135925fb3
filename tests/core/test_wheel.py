"""Promises of the wheel: in an empty environment, with the base requirements alone, content and commands are there."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What a wheel is made of; the rest of a checkout (environments, caches, an old build/) has no part in it.
SOURCES = ("veranderkracht", "xblocks", "lti_tool", "assistant_service", "content", "rubrics", "setup.py", "README.md")

WEB_FILE = "from importlib.resources import files; print(files('xblocks').joinpath('public/vk/vk.js').is_file())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing is left in the checkout."""
    work = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, work / "source" / name, ignore=shutil.ignore_patterns("__pycache__", "var"), symlinks=True
            )
        else:
            shutil.copy2(ROOT / name, work / "source" / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", work, work / "source")
    (built,) = work.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel without extras in an environment of its own; give the folder of its scripts."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", *(["--without-pip"] if shutil.which("uv") else []), environment)
    python = environment / "bin" / "python"
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet"]
    if shutil.which("uv"):
        install = ["uv", "pip", "install", "--python", python]
    run(*install, wheel)
    return environment / "bin"


def run(*command: str | Path, expect: tuple[int, ...] = (0,)) -> str:
    """Run a command outside the checkout; give what it said, and fail with that when it ended otherwise."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode in expect, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_wheel_carries_every_content_file_template_and_web_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    installed_as = {
        "content": "veranderkracht_content",
        "rubrics": "veranderkracht_rubrics",
        "veranderkracht/web/templates": "veranderkracht/web/templates",
        "veranderkracht/web/static": "xblocks/public/vk",
    }
    for folder, package in installed_as.items():
        files = [file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        assert files
        missing = [file for file in files if f"{package}/{file.relative_to(ROOT / folder).as_posix()}" not in names]
        assert missing == []
    assert not [name for name in names if name.startswith(("content/", "rubrics/", "tests/"))]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_empty_environment_with_the_wheel_lists_and_checks_the_modules(scripts: Path) -> None:
    assert "samen-kijken" in run(scripts / "veranderkracht", "modules")
    checked = run(scripts / "veranderkracht", "check")
    assert "geen fouten" in checked
    assert str(ROOT) not in checked


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_without_an_extra_its_commands_say_which_extra_to_install(scripts: Path) -> None:
    run(scripts / "python", "-c", "import flask", expect=(1,))
    for arguments, extra in ((["serve", "lti"], "lti"), (["tenant", "add", "west", "--name", "West"], "assistant")):
        said = run(scripts / "veranderkracht", *arguments, expect=(1, 2))
        assert f"pip install 'veranderkracht[{extra}]'" in said
        assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_blocks_find_their_web_files_where_resource_routes_look(scripts: Path) -> None:
    assert run(scripts / "python", "-c", WEB_FILE).strip() == "True"


def test_a_developers_install_finds_the_web_files_there_too() -> None:
    assert run(sys.executable, "-c", WEB_FILE).strip() == "True"
