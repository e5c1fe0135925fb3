"""Files that others made: their text with its headings, and for a hostile one a reason, at no cost."""

import io
import os
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant_service.knowledge import extraction
from assistant_service.knowledge.docx_mammoth import read_docx
from assistant_service.knowledge.extraction import LARGEST, Unreadable, cleaned, extract
from assistant_service.knowledge.extraction_process import Refused
from assistant_service.knowledge.reading import read_text
from tests.assistant_service.files import docx, pdf, pdf_of_stream

PAGE = """<!DOCTYPE html><html lang="nl"><head><title>Samen eten | Zorgsite</title><style>p{color:red}</style></head>
<body><header role="banner">Kop van de site</header><nav>Menu Contact</nav>
<main><h1>Samen eten</h1><p>Bewoners eten <b>samen</b> met <a href="https://x.example">hun buren</a>.</p>
<h2>Wat helpt</h2><ul><li>een lange tafel</li><li>tijd</li></ul>
<table><tr><th>Wie</th><th>Wat</th></tr><tr><td>Rosa</td><td>dekt de tafel</td></tr></table>
<script>alert(1)</script><p hidden>onzichtbaar</p></main><footer>Voet van de site</footer></body></html>"""
LETTER = docx(
    ("Titel", "Afscheid nemen"),
    ("", "Wie vertrekt, neemt afscheid van <iedereen> & van het huis."),
    ("Kop1", "De laatste week"),
    ("", "Plan de laatste week samen."),
    ("Kop2", "De laatste dag"),
    ("", "Eet samen."),
)
FOOT = (8, "Vereniging voor zorg")
REPORT = pdf(
    [
        (20, "Jaarverslag"),
        (11, "Wij groeiden met vier nieuwe vrijwil-"),
        (11, "ligers in het voorjaar."),
        FOOT,
    ],
    [(15, "Wat we leerden"), (11, "Vrijwilligers blijven als iemand hen kent. Eén gesprek helpt."), FOOT],
    [(15, "Wat volgt"), (11, "In de herfst spreken we met elke ploeg apart over tijd."), FOOT],
)


def refused(raw: bytes, suffix: str) -> str:
    with pytest.raises(Unreadable) as fault:
        extract(raw, suffix)
    assert fault.value.status == 422
    assert fault.value.detail.endswith(".")
    return fault.value.code


def test_a_page_gives_its_text_with_headings_and_nothing_of_the_site_around_it() -> None:
    page = extract(PAGE.encode(), ".html")
    assert page.title == "Samen eten"
    assert page.text.split("\n\n") == [
        "# Samen eten",
        "Bewoners eten **samen** met hun buren.",
        "## Wat helpt",
        "- een lange tafel\n- tijd",
        "| Wie | Wat |\n| --- | --- |\n| Rosa | dekt de tafel |",
    ]


def test_a_page_in_an_old_encoding_keeps_its_letters() -> None:
    assert extract("<meta charset=iso-8859-1><p>Café in Oostende".encode("latin-1"), ".htm").text == "Café in Oostende"


def test_a_word_document_gives_its_headings_also_from_a_dutch_word() -> None:
    letter = extract(LETTER, ".docx")
    assert letter.title == "Afscheid nemen"
    assert letter.text.split("\n\n") == [
        "# Afscheid nemen",
        "Wie vertrekt, neemt afscheid van <iedereen> & van het huis.",
        "# De laatste week",
        "Plan de laatste week samen.",
        "## De laatste dag",
        "Eet samen.",
    ]


def test_a_pdf_gives_larger_letters_as_headings_whole_words_and_no_running_foot() -> None:
    report = extract(REPORT, ".pdf")
    assert report.title == "Jaarverslag"
    assert report.text.split("\n\n") == [
        "# Jaarverslag",
        "Wij groeiden met vier nieuwe vrijwilligers in het voorjaar.",
        "## Wat we leerden",
        "Vrijwilligers blijven als iemand hen kent. Eén gesprek helpt.",
        "## Wat volgt",
        "In de herfst spreken we met elke ploeg apart over tijd.",
    ]


def test_a_pdf_loses_no_chapter_and_no_line_to_its_running_foot() -> None:
    pages = [
        [
            (16, f"Les {n}"),
            (11, f"Oefening {n}: kijk {n} minuten."),
            (11, "Schrijf op."),
            (11, "Praat."),
            (8, f"blz {n}"),
        ]
        for n in range(1, 6)
    ]
    text = extract(pdf(*pages), ".pdf").text
    assert [line for line in text.split("\n") if line.startswith("#")] == [f"# Les {n}" for n in range(1, 6)]
    assert [f"Oefening {n}" in text for n in range(1, 6)] == [True] * 5
    assert text.count("Schrijf op.") == 5
    assert "blz" not in text


@pytest.mark.parametrize(
    ("named", "title"), [("Jaarverslag 2026", "Jaarverslag 2026"), ("Microsoft Word - v3_def.docx", "Kop")]
)
def test_a_pdf_is_called_what_its_maker_called_it_unless_a_program_did(named: str, title: str) -> None:
    assert extract(pdf([(20, "Kop"), (11, "Een zin die langer is dan de kop.")], title=named), ".pdf").title == title


def test_a_pdf_behind_a_password_is_named_as_such() -> None:
    assert refused(pdf([(11, "Geheim.")], password="geheim"), ".pdf") == "document-encrypted"


def test_a_pdf_that_only_forbids_copying_is_read() -> None:
    assert extract(pdf([(11, "Open tekst.")], password=""), ".pdf").text == "Open tekst."


def test_a_scan_without_a_layer_of_text_is_named_as_such() -> None:
    assert refused(pdf([], []), ".pdf") == "document-without-text"


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert refused(pdf(*[[(11, "x")]] * (extraction.MOST_PAGES + 1)), ".pdf") == "document-too-long"


def test_an_encrypted_and_an_old_word_document_are_named_as_such() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert refused(ole + "EncryptedPackage".encode("utf-16-le"), ".docx") == "document-encrypted"
    assert refused(ole + "WordDocument".encode("utf-16-le"), ".docx") == "document-old-word"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_that_declares_entities_is_refused_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    secret = tmp_path / "geheim.txt"
    secret.write_text("zeer geheim", encoding="utf-8")
    for declared in (f'<!ENTITY l0 "lol">{laughs}', f'<!ENTITY l11 SYSTEM "{secret.as_uri()}">'):
        xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [{declared}]><w>&l11;</w>'
        for part in ("word/document.xml", "word/footnotes.xml", "_rels/.rels"):
            assert refused(docx(("", "x"), parts={part: xml.encode(encoding)}), ".docx") == "document-entities"


def test_an_archive_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = docx(("", "x"), parts={"word/media/bom.bin": bytes(110_000_000)})
    assert len(bomb) < 200_000
    assert refused(bomb, ".docx") == "document-unpacks-too-large"
    assert refused(docx(("", "x"), parts={"word/media/bom.bin": bytes(20_000_000)}), ".docx") == (
        "document-unpacks-too-large"
    )


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    raw = docx(("", "x"), parts={"word/document.xml": b" " * 50_000_000})
    lying = raw.replace((50_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != raw
    assert refused(lying, ".docx") == "document-damaged"


def test_a_stream_that_unpacks_without_end_is_refused() -> None:
    stream = zlib.compress(zlib.compress(bytes(300_000_000), 9), 9)
    bomb = pdf_of_stream(stream, f"<< /Length {len(stream)} /Filter [/FlateDecode /FlateDecode] >>")
    assert len(bomb) < 10_000
    assert refused(bomb, ".pdf") in ("document-damaged", "document-too-heavy", "document-without-text")


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "SECONDS", 1)
    assert refused(b"<p>a" * (LARGEST // 4), ".html") == "document-too-heavy"


def test_what_asks_for_more_memory_than_there_is_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        extraction,
        "_PROGRAM",
        "from assistant_service.knowledge import extraction_process as e; e.MEMORY = 120_000_000; e.main()",
    )
    assert refused(b"<p>a" * 1_000_000, ".html") == "document-too-heavy"


def test_what_reads_a_file_knows_no_secret_and_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VK_MODEL_KEY", "zeer-geheim")
    probe = (
        "import os; from assistant_service.knowledge import extraction_process as e\n"
        "def told(raw):\n"
        f"    try: open({str(tmp_path / 'spoor')!r}, 'w').write('x' * 100_000); wrote = 'schreef'\n"
        "    except OSError: wrote = 'schreef niets'\n"
        "    return f'{sorted(os.environ)} {wrote}', ''\n"
        "e._reader = lambda kind: told\n"
        "e.main()"
    )
    monkeypatch.setattr(extraction, "_PROGRAM", probe)
    told = extract(b"x", ".html").text
    assert "VK_" not in told
    assert "schreef niets" in told
    assert os.environ["VK_MODEL_KEY"] == "zeer-geheim"


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_file_of_another_kind_than_its_name_says_is_damaged(suffix: str) -> None:
    for raw in (b"", b"gewone tekst", PAGE.encode(), LETTER if suffix == ".pdf" else REPORT):
        assert refused(raw, suffix) == "document-damaged"


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_befell_a_file_the_answer_is_its_text_or_a_reason(data: st.DataObject) -> None:
    suffix, whole = data.draw(st.sampled_from([(".pdf", REPORT), (".docx", LETTER), (".html", PAGE.encode())]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 200)))
    raw = whole[:start] + data.draw(st.binary(max_size=50)) + whole[end:]
    try:
        text = extract(raw, suffix).text
    except Unreadable as fault:
        assert fault.code.startswith("document-")
    else:
        assert text.strip()
        assert cleaned(text) == text


@given(sizes=st.lists(st.integers(0, 60_000_000), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_archive_passes_that_unpacks_to_more_than_the_limit(sizes: list[int]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, _ in enumerate(sizes):
            archive.writestr(f"{number}.bin", b"")
    raw = bytearray(file.getvalue())
    place = 0
    for size in sizes:  # what the directory at its end declares is what counts
        place = raw.index(b"PK\x01\x02", place) + 4
        raw[place + 20 : place + 24] = size.to_bytes(4, "little")
    with pytest.raises((Refused, KeyError, OSError)) as fault:
        read_docx(bytes(raw))
    too_large = isinstance(fault.value, Refused) and str(fault.value) == "document-unpacks-too-large"
    assert too_large == (sum(sizes) > 5_000_000)


@given(text=st.text(st.characters(exclude_categories=())))
def test_what_is_kept_of_a_text_any_database_can_hold(text: str) -> None:
    kept = cleaned(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert cleaned(kept) == kept


@given(head=st.text(max_size=300), body=st.text(alphabet="abc\n#- ", max_size=100))
@example(head="", body="#  ")
def test_whatever_stands_at_the_head_of_a_text_it_is_read_or_refused(head: str, body: str) -> None:
    try:
        told = read_text(f"---\n{head}\n---\n{body}".encode(errors="replace"), "een-tekst.md")
    except Unreadable as fault:
        assert fault.code in ("document-front-matter", "document-empty", "document-no-text")
    else:
        assert told.title
        assert len(told.title) <= 500


def test_front_matter_that_grows_without_end_costs_nothing() -> None:
    lists = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    told = read_text(f"---\na0: &a0 lol\n{lists}\ntitle: *a29\n---\n# Kop\n\nTekst.".encode(), "a.md")
    assert told.title == "Kop"


def test_a_link_in_front_matter_leads_to_the_web_or_nowhere() -> None:
    assert read_text(b"---\nurl: javascript:alert(1)\n---\nTekst", "a.md").url == ""
    assert read_text(b"---\nurl: https://bron.example\n---\nTekst", "a.md").url == "https://bron.example"


def test_notepads_unicode_is_text() -> None:
    assert read_text("Café".encode("utf-16"), "a.txt").body == "Café"
