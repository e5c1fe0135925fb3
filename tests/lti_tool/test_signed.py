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


def test_what_is_signed_is_a_jwt_as_any_library_reads_it() -> None:
    told = jwt.decode(STATE, SECRET, algorithms=["HS256"], audience="vk-state", options={"verify_exp": False})
    assert (told["r"], told["n"]) == (7, MADE.nonce)


@given(st.integers(0, len(STATE) - 1), st.characters())
def test_a_state_in_which_one_character_was_changed_is_not_ours(position: int, other: str) -> None:
    changed = STATE[:position] + other + STATE[position + 1 :]
    if changed == STATE:
        return
    with pytest.raises(StateFault) as told:
        SIGNER.read_state(changed, AT)
    assert told.value.code == "state-invalid"


@given(st.text())
def test_any_text_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(StateFault):
        SIGNER.read_state(text, AT)
    with pytest.raises(NotSignedIn):
        SIGNER.read_page_token(text, AT)


@pytest.mark.parametrize(("algorithm", "secret"), [("none", ""), ("HS256", "een ander geheim " * 3), ("HS512", SECRET)])
def test_a_token_by_another_secret_or_algorithm_is_not_ours(algorithm: str, secret: str) -> None:
    claims = jwt.decode(STATE, options={"verify_signature": False})
    with pytest.raises(StateFault):
        SIGNER.read_state(jwt.encode(claims, secret, algorithm=algorithm), AT)


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
