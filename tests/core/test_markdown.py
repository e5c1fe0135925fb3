"""Promises about Markdown: what authors write looks right, and nothing harmful ever reaches a page."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veranderkracht.modules.markdown import render, unsafe


class Page(HTMLParser):
    """What a browser would be given: tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def harm_in(html: str) -> list[str]:
    """Name everything in HTML that could run, load or pretend, by rules of this test's own."""
    harmless = re.compile("p|br|hr|blockquote|pre|code|em|strong|a|ul|ol|li|d[ltd]|h[2-6]|table|thead|tbody|tr|th|td")
    harm = []
    for tag, attributes in Page(html).tags:
        if not harmless.fullmatch(tag):
            harm.append(tag)
        for name, value in attributes.items():
            if name not in {"href", "title", "target", "rel", "align", "scope", "start"}:
                harm.append(f"{tag} {name}")
            if name == "href" and not re.match(r"(https?|mailto|tel):", value or "", re.IGNORECASE):
                harm.append(f"href {value}")
    return harm


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//kwaad.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>klik</a>",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt:alert(1))",
    "[klik](java&#115;cript:alert(1))",
    "[klik](java&Tab;script:alert(1))",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "[klik](vbscript:x)",
    "[k]: javascript:alert(1)\n\n[k]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x"onerror="alert(1)](y)',
    '[x](https://a.be "t\\" onmouseover=\\"alert(1)")',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'x'</style>",
    "<form action=x><input name=y></form>",
    "<math><mtext></p><style><!--</style><img src onerror=alert(1)>",
    "`<b>`\n\n<div style='position:fixed'>x</div>",
    "\x02klzzwxh:0000\x03",
    "&lt;script&gt;",
    "|a|\n|-|\n|<td onclick=x>|",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives_rendering(attack: str) -> None:
    assert harm_in(render(attack)) == []
    assert harm_in(render(f"Een zin.\n\n> - **{attack}** en verder\n\n{attack}")) == []


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*ATTACKS, "\n", "\n\n", "    ", "> ", "- ", "`", "<", ">", '"', "'", "](", "[", "<!--", "-->", "&"]
        )
        | st.text(max_size=8),
        max_size=12,
    )
)
def test_whatever_goes_in_no_script_handler_or_javascript_link_comes_out(pieces: list[str]) -> None:
    assert harm_in(render("".join(pieces))) == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_rendered_and_examined(text: str) -> None:
    render(text)
    unsafe(text)


def test_lists_nested_beyond_reason_are_shown_as_text_and_named_as_a_fault() -> None:
    text = "\n".join(f"{'    ' * depth}- <b>x</b>" for depth in range(400))
    assert str(render(text)).startswith("<pre>- &lt;b&gt;")
    assert "te diep genest" in unsafe(text)[0].reason


def test_the_highest_heading_fits_under_the_page_and_the_others_keep_their_distance() -> None:
    html = str(render("## Eerst\n\n### Dan\n\n## Weer\n"))
    assert re.findall(r"<h\d>\w+", html) == ["<h3>Eerst", "<h4>Dan", "<h3>Weer"]
    assert "<h2>Eerst</h2>" in render("# Eerst", top=2)
    assert "<h6>Diep</h6>" in render("# Hoog\n\n###### Diep")


def test_links_open_beside_the_course_and_tell_the_other_site_nothing() -> None:
    (link,) = [attributes for tag, attributes in Page(render("[VVSG](https://www.vvsg.be)")).tags if tag == "a"]
    assert link == {"href": "https://www.vvsg.be", "target": "_blank", "rel": "noopener noreferrer"}


def test_a_link_without_a_full_address_is_not_a_link() -> None:
    assert "href" not in render("[hier](/admin/verwijder)")


def test_tables_have_header_cells_with_a_scope_and_no_inline_style() -> None:
    html = str(render("| a | b |\n|---|--:|\n| 1 | 2 |"))
    assert '<th scope="col">a</th>' in html
    assert '<td align="right">2</td>' in html
    assert "style" not in html


def test_code_shows_html_literally_and_is_no_fault() -> None:
    assert "<code>&lt;script&gt;</code>" in render("Schrijf `<script>` nooit zelf.")
    assert unsafe("Schrijf `<script>` nooit zelf, en a < b mag, net als <https://voorbeeld.be>.") == []


@pytest.mark.parametrize(
    ("text", "snippet", "reason"),
    [
        ("Hallo\n\n<script>alert(1)</script>", "<script>alert(1)</script>", "script gevonden"),
        ("Een <b onclick=x>woord</b>", "<b onclick=x>", "onclick-attribuut gevonden"),
        ("Een <b>woord</b>", "<b>", "HTML gevonden"),
        ("[klik](javascript:alert(1))", "javascript:alert(1)", "link naar 'javascript:alert(1)' gevonden"),
        ("[klik](java&#115;cript:foo)", "foo", "link naar 'javascript:foo' gevonden"),
        ("[klik](../elders.md)", "../elders.md", "link naar '../elders.md' gevonden"),
        ("![plan](plan.png)", "plan.png", "afbeelding 'plan.png' gevonden"),
    ],
)
def test_authors_are_told_what_would_be_dropped_and_why(text: str, snippet: str, reason: str) -> None:
    (found,) = unsafe(text)
    assert reason in found.reason
    assert found.snippet == snippet
