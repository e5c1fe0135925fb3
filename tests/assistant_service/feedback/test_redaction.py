"""What identifies somebody by a number or an address never leaves, and comes back where it stood."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban
from stdnum.be import ssn
from stdnum.nl import bsn

from assistant_service.feedback.redaction import redact

IN_WORDS = dict(zip("0123456789", "nul een twee drie vier vijf zes zeven acht negen".split(), strict=True))
SEPARATORS = ["", " ", ".", "-", "/", " - ", "\u00a0", "\u202f", "–", ". ", "\n"]
WORDS = st.text(alphabet="abcdefghij klmno.,:;!?()'éë\n", max_size=40)


@st.composite
def insz(draw: st.DrawFn) -> str:
    """Give the digits of a valid rijksregister- or BIS-number."""
    year = draw(st.integers(1925, 2024))
    month, day = draw(st.integers(1, 12)), draw(st.integers(1, 28))
    body = f"{year % 100:02d}{month:02d}{day:02d}{draw(st.integers(1, 997)):03d}"
    check = 97 - int(("2" if year >= 2000 else "") + body) % 97
    number = f"{body}{check:02d}"
    assert ssn.is_valid(number)
    return number


@st.composite
def account(draw: st.DrawFn) -> str:
    """Give a valid IBAN of Belgium, the Netherlands or Germany."""
    country, length = draw(st.sampled_from([("BE", 12), ("NL", 14), ("DE", 18)]))
    digits = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=length, max_size=length)))
    if country == "BE":
        bank = digits[:10]
        digits = f"{bank}{int(bank) % 97 or 97:02d}"
    if country == "NL":
        digits = "INGB" + digits[4:]
    number = f"{country}{98 - int(''.join(str(int(sign, 36)) for sign in digits + country + '00')) % 97:02d}{digits}"
    assert iban.is_valid(number, check_country=False)
    return number


@st.composite
def written(draw: st.DrawFn, number: st.SearchStrategy[str]) -> str:
    """Write a number with separators anywhere, perhaps in small letters or in another script's digits."""
    signs = draw(number)
    style = draw(st.sampled_from(["plain", "small", "arabic", "wide"]))
    if style == "small":
        signs = signs.lower()
    if style == "arabic":
        signs = signs.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    if style == "wide":
        signs = signs.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    between = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(signs), max_size=len(signs)))
    return "".join(sign + gap for sign, gap in zip(signs, between, strict=True)).rstrip()


def plain(text: str) -> str:
    """Give the letters and digits of a text, in one script, without what stands between them."""
    return "".join(unicodedata.normalize("NFKC", sign).upper() for sign in text if sign.isalnum()).translate(
        str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
    )


@given(WORDS, written(insz()), WORDS)
def test_no_valid_rijksregisternummer_passes_in_any_notation(before: str, number: str, after: str) -> None:
    redacted = redact(f"{before} {number} {after}")
    assert plain(number) not in plain(redacted.text)
    assert "rijksregisternummer" in redacted.kinds


@given(insz(), st.lists(st.booleans(), min_size=11, max_size=11), st.sampled_from([" ", ", ", "-", ". "]))
def test_no_rijksregisternummer_passes_that_is_told_in_words(number: str, told: list[bool], between: str) -> None:
    said = [IN_WORDS[digit] if word else digit for digit, word in zip(number, told, strict=True)]
    redacted = redact(f"Het is {between.join(said)}, zei ze.")
    assert between.join(said[:6]) not in redacted.text and redacted.kinds


@given(st.integers(400_000_000, 499_999_999), st.sampled_from([*SEPARATORS, "\u200b", "\u200d", "_", ",", "*"]))
def test_no_mobile_number_passes_that_has_one_mark_between_its_digits(number: int, between: str) -> None:
    digits = f"0{number}"
    redacted = redact(f"Bel haar op {between.join(digits)} voor twaalf uur.")
    assert digits not in plain(redacted.text).replace(" ", "")


@given(WORDS, written(account()), WORDS)
def test_no_valid_account_number_passes_in_any_notation(before: str, number: str, after: str) -> None:
    if not iban.is_valid(plain(number)):
        return  # right by checksum, but of no bank of that country
    redacted = redact(f"{before}; {number}; {after}")
    assert plain(number) not in plain(redacted.text)
    assert "rekeningnummer" in redacted.kinds


@given(st.integers(10_000_000, 999_999_999))
def test_no_valid_bsn_that_stands_by_itself_passes(number: int) -> None:
    digits = f"{number:09d}"
    if bsn.is_valid(digits):
        for shown in (digits, f"{digits[:4]}.{digits[4:6]}.{digits[6:]}", f"{digits[:3]} {digits[3:6]} {digits[6:]}"):
            assert digits not in plain(redact(f"bsn {shown} van haar").text)


@given(st.text(max_size=300) | st.lists(WORDS | written(insz()) | written(account())).map(" ".join))
def test_what_was_taken_out_can_be_put_back_exactly(text: str) -> None:
    redacted = redact(text)
    assert redacted.restore(redacted.text) == text


@given(
    st.lists(st.sampled_from(["[telefoonnummer 1]", "[telefoonnummer 2]", "0470 12 34 56", "02 555 12 12", "[", "]"]))
)
def test_marks_that_the_writer_wrote_are_not_mistaken_for_ours(parts: list[str]) -> None:
    text = " en ".join(parts)
    redacted = redact(text)
    assert redacted.restore(redacted.text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("bel 0470 12 34 56", "telefoonnummer"),
        ("bel 0470/12.34.56", "telefoonnummer"),
        ("bel +32 470 12 34 56", "telefoonnummer"),
        ("bel +32 (0)470/12.34.56", "telefoonnummer"),
        ("bel 0032470123456", "telefoonnummer"),
        ("bel 02/555.12.12", "telefoonnummer"),
        ("bel 014 55 12 12", "telefoonnummer"),
        ("bel +31 6 12345678", "telefoonnummer"),
        ("mail an.peeters@wzc-de-linde.be", "e-mailadres"),
        ("mail an_p+zorg @ voorbeeld.co.uk", "e-mailadres"),
        ("rekening 001-2345678-12", "rekeningnummer"),
        ("nummer 85.07.30-033.29", "rijksregisternummer"),  # a digit wrong, and still somebody's
        ("mail an punt peeters apenstaartje telenet punt be", "e-mailadres"),
        ("de zelfstandige met nummer BE 0403.227.515", "ondernemingsnummer"),
        ("ze woont in de Kerkstraat 12 bus 3, 9000 Gent", "adres"),
        ("elle habite rue de la Loi 16", "adres"),
    ],
)
def test_other_notations_are_known(text: str, kind: str) -> None:
    redacted = redact(text)
    assert redacted.kinds == (kind,)
    assert not any(sign.isdigit() for sign in redacted.text.split("[")[0])
    assert "@" not in redacted.text


@pytest.mark.parametrize(
    "text",
    [
        "Op 03/02/2026 om 14u30 viel meneer van kamer 114.",
        "Op 03.02.2026 14:30 en op 2026-02-03 opnieuw.",
        "Bel 112, 1813, 1712 of 106.",
        "In 2024 en 2025 waren er 28 bewoners, in 2026 nog 26.",
        "Nacht van 11 op 12 november, tien voor drie, kamer 109 en 114.",
        "Het kostte 1.250,00 euro voor 12 maanden.",
        "Artikel 458 van het Strafwetboek, wet van 3 juli 2005.",
    ],
)
def test_dates_hours_and_rooms_stay(text: str) -> None:
    assert redact(text).text == text
