"""What the tool signs for itself comes back as it went out, or not at all."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.signed import PageToken, Signer, StateFault
from veranderkracht.errors import NotSignedIn

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "een geheim van meer dan tweeëndertig tekens"
SIGNER = Signer(SECRET)
STATE, MADE = SIGNER.state(7, "geheim", "vk_state_1", AT, storage_secret="ander", target="_parent")
PAGE = PageToken("zitting", "play", "eigen-praktijk")


def test_a_state_and_a_page_token_come_back_as_they_were_made() -> None:
    assert SIGNER.read_state(STATE, AT) == MADE
    assert SIGNER.read_page_token(SIGNER.page_token(PAGE, AT), AT) == PAGE


@given(st.integers(0, len(STATE) - 1), st.characters())
def test_nothing_else_than_what_was_signed_comes_out_of_a_state_with_one_character_changed(
    position: int, other: str
) -> None:
    try:
        read = SIGNER.read_state(STATE[:position] + other + STATE[position + 1 :], AT)
    except StateFault as told:
        assert told.code == "state-invalid"
    else:
        assert read == MADE  # the last character of base64 has bits that say nothing


@given(st.text())
def test_any_text_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(StateFault):
        SIGNER.read_state(text, AT)
    with pytest.raises(NotSignedIn):
        SIGNER.read_page_token(text, AT)


def test_a_token_by_another_secret_or_of_another_kind_is_not_ours() -> None:
    other, _ = Signer("een ander geheim " * 3).state(7, "geheim", "vk_state_1", AT)
    unsigned = STATE.rpartition(".")[0]
    for text in (other, unsigned, unsigned + ".", jwt.encode({"r": 7, "n": "n"}, SECRET, algorithm="HS256")):
        with pytest.raises(StateFault):
            SIGNER.read_state(text, AT)


def test_a_token_for_one_thing_is_none_for_another() -> None:
    page = SIGNER.page_token(PAGE, AT)
    sealed = SIGNER.seal("vk-pick", {"sid": "zitting", "view": "play", "step": ""}, AT + timedelta(minutes=5))
    for text in (page, sealed):
        with pytest.raises(StateFault):
            SIGNER.read_state(text, AT)
    for text in (STATE, sealed):
        with pytest.raises(NotSignedIn):
            SIGNER.read_page_token(text, AT)


def test_a_state_is_good_for_ten_minutes_and_no_longer() -> None:
    assert SIGNER.read_state(STATE, AT + timedelta(minutes=9, seconds=59)) == MADE
    with pytest.raises(StateFault) as told:
        SIGNER.read_state(STATE, AT + timedelta(minutes=10))
    assert told.value.code == "state-expired"
