"""The commands as an administrator types them, with their messages."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.assistant_service.hosts import ORIGIN_WEST, Host, key_pair
from tests.cast import WEST
from veranderkracht.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on a data folder of its own."""

    def command(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env={"VK_DATA": str(tmp_path / "data")})

    return command


@pytest.fixture
def texts(tmp_path: Path, run: Run) -> Path:
    """A tenant, and a folder of texts that were not made for us."""
    folder = tmp_path / "teksten"
    folder.mkdir()
    for number, topic in enumerate(("naasten", "vrijwilligers", "roosters")):
        (folder / f"{topic}.txt").write_text(f"Over {topic}\n\nTekst {number} gaat over {topic}.", encoding="utf-8")
    (folder / "foto.jpg").write_bytes(b"x")
    assert run("tenant", "add", WEST, "--name", "West").exit_code == 0
    return folder


def host_add(run: Run, west: Host, *more: str, pem: str | None = None, kid: str = "west-1") -> Result:
    return run(
        "host", "add", "--tenant", WEST, "--kid", kid, "--issuer", "https://lms.west.example",
        "--public-key", "-", *more, stdin=pem or west.public_pem,
    )  # fmt: skip


def test_a_tenant_is_added_once_and_shown(run: Run) -> None:
    assert "nog geen instellingen" in run("tenant", "list").output
    assert "toegevoegd" in run("tenant", "add", WEST, "--name", "Hogeschool West").output
    assert "bestond al" in run("tenant", "add", WEST, "--name", "Hogeschool West").output
    assert "Hogeschool West" in run("tenant", "list").output


@pytest.mark.parametrize(("slug", "name"), [("Met Spatie", "X"), ("../weg", "X"), ("a" * 61, "X"), ("goed", " ")])
def test_a_tenant_that_cannot_be_is_refused(run: Run, slug: str, name: str) -> None:
    answer = run("tenant", "add", slug, "--name", name)
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output


def test_a_slug_is_one_institutions_for_good(run: Run, texts: Path) -> None:
    answer = run("tenant", "add", WEST, "--name", "Een andere")
    assert answer.exit_code == 1
    assert "bestaat al, met de naam 'West'" in answer.output


def test_a_host_is_added_and_its_origins_can_change(run: Run, texts: Path, west: Host) -> None:
    assert "toegevoegd" in host_add(run, west, "--origin", "HTTPS://LMS.west.example:443/").output
    assert "bijgewerkt" in host_add(run, west, "--origin", "https://nieuw.west.example", "--role", "learner").output
    assert "1 sleutels" in run("tenant", "list").output


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--origin", "http://lms.west.example"), "heeft geen https"),
        (("--origin", "https://lms.west.example/pad"), "zonder pad"),
        (("--origin", "lms.west.example"), "is geen origin"),
        (("--origin", "https://x@lms.west.example"), "is geen origin"),
        (("--origin", "null"), "is geen origin"),
        (("--origin", "*"), "is geen origin"),
        (("--role", "coach"), "Onbekende rol: coach"),
    ],
)
def test_a_host_with_a_wrong_origin_or_role_is_refused(
    run: Run, texts: Path, west: Host, more: tuple[str, ...], says: str
) -> None:
    answer = host_add(run, west, *more)
    assert (answer.exit_code, says in answer.output) == (1, True), answer.output


def test_a_page_on_this_machine_needs_no_https(run: Run, texts: Path, west: Host) -> None:
    for origin in ("http://127.0.0.1:8001", "http://localhost:8001", "http://[::1]:8001"):
        assert host_add(run, west, "--origin", origin).exit_code == 0


def test_only_a_public_key_that_is_strong_enough_is_taken(run: Run, texts: Path, west: Host) -> None:
    for pem, says in (
        (key_pair()[0], "geheime sleutel"),
        (key_pair("ec")[1], "Ed25519- of RSA-sleutel"),
        (key_pair("small-rsa")[1], "te klein"),
        ("geen sleutel", "geen publieke sleutel"),
    ):
        answer = host_add(run, west, pem=pem)
        assert (answer.exit_code, says in answer.output) == (1, True), answer.output


def test_a_kid_stays_with_its_key(run: Run, texts: Path, west: Host) -> None:
    assert host_add(run, west, "--origin", ORIGIN_WEST).exit_code == 0
    answer = host_add(run, west, pem=key_pair()[1])
    assert (answer.exit_code, "nieuwe kid" in answer.output) == (1, True)


def test_indexing_tells_what_it_did_and_what_it_passed_over(run: Run, texts: Path) -> None:
    first = run("index", "--tenant", WEST, str(texts))
    assert first.exit_code == 0
    assert "3 nieuw, 0 gewijzigd, 0 verwijderd, 0 ongewijzigd" in first.output
    assert "foto.jpg: de soort '.jpg' lezen we niet" in first.output
    assert "3 passages" in first.output
    (texts / "naasten.txt").unlink()
    assert "0 nieuw, 0 gewijzigd, 1 verwijderd, 2 ongewijzigd" in run("index", "--tenant", WEST, str(texts)).output


def test_a_folder_that_is_gone_takes_its_texts_along(run: Run, texts: Path) -> None:
    run("index", "--tenant", WEST, str(texts))
    texts.rename(texts.with_name("elders"))
    assert "bestaat niet meer: 3 verwijderd" in run("index", "--tenant", WEST, str(texts)).output
    answer = run("index", "--tenant", WEST, str(texts))
    assert (answer.exit_code, "bestaat niet" in answer.output) == (1, True)


def test_searching_gives_a_line_of_json_per_line_of_input(run: Run, texts: Path) -> None:
    run("index", "--tenant", WEST, str(texts))
    answer = run("search", "--tenant", WEST, "-k", "2", "--json", "-", stdin="naasten\n\nroosters maken\n")
    lines = [json.loads(line) for line in answer.output.splitlines()]
    assert [line["query"] for line in lines] == ["naasten", "", "roosters maken"]
    assert [len(line["results"]) <= 2 for line in lines] == [True] * 3
    assert lines[1]["results"] == []
    assert set(lines[0]["results"][0]) == {"text", "title", "url", "score"}
    assert lines[0]["results"][0]["title"] == "Over naasten"
    assert lines[2]["results"][0]["url"] == "teksten/roosters.txt"


def test_searching_is_readable_without_json(run: Run, texts: Path) -> None:
    run("index", "--tenant", WEST, str(texts))
    assert "1. Over naasten" in run("search", "--tenant", WEST, "naasten").output
    assert "Niets gevonden." in run("search", "--tenant", WEST, "qqqq").output


def test_asking_gives_passages_with_their_source_and_a_question(run: Run, texts: Path) -> None:
    run("index", "--tenant", WEST, str(texts))
    told = run("ask", "--tenant", WEST, "Waarover gaat de tekst over naasten?").output
    for part in ("Ik ben de ingebouwde gids", "Bron: teksten/naasten.txt", "Om over na te denken:"):
        assert part in told
    assert "Ik vond hier niets dat duidelijk past" in run("ask", "--tenant", WEST, "Hoe plak ik een band?").output


def test_measuring_prints_a_line_per_part(run: Run, texts: Path, tmp_path: Path) -> None:
    run("index", "--tenant", WEST, str(texts))
    questions = tmp_path / "vragen.yaml"
    questions.write_text(
        '[{question: naasten, answers: ["Over naasten"]}, {question: band, answers: []}]', encoding="utf-8"
    )
    told = run("eval", "retrieval", "--tenant", WEST, str(questions))
    assert told.exit_code == 0, told.output
    assert "zonder thesaurus" in told.output
    assert "AUC" in told.output


@pytest.mark.parametrize("command", [("search", "x"), ("ask", "x"), ("index", "x")])
def test_an_unknown_tenant_is_told_with_what_to_do(run: Run, command: tuple[str, str]) -> None:
    answer = run(command[0], "--tenant", "nergens", command[1])
    assert (answer.exit_code, "tenant add" in answer.output) == (1, True)


def test_searching_before_indexing_says_what_to_do(run: Run, texts: Path) -> None:
    answer = run("search", "--tenant", WEST, "x")
    assert (answer.exit_code, "veranderkracht index" in answer.output) == (1, True)
