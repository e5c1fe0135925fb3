"""A conversation as a file: Markdown, or a document for a word processor."""

from io import BytesIO

from assistant_service.conversations.messages import Conversation, Said
from veranderkracht.languages import later, say

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WHO = {"learner": later("Jij"), "assistant": later("Assistent")}
_STATES = {"stopped": later("gestopt"), "failed": later("mislukt"), "done": ""}
_MADE = later("Een gesprek met de assistent van Veranderkracht, begonnen op {on}. De assistent is een machine.")


def markdown(conversation: Conversation) -> str:
    """Give a conversation as Markdown."""
    lines = [
        f"# {conversation.title}",
        "",
        _made(conversation),
        "",
        f"**{_name('assistant')}**",
        "",
        conversation.opening,
        "",
    ]
    for one in conversation.messages:
        lines += [f"**{_speaker(one)}**", "", one.text, ""]
        lines += [f"[{source.id}] {source.title} ({source.url})" for source in one.sources]
        lines += [""] if one.sources else []
    return "\n".join(lines)


def docx(conversation: Conversation) -> bytes:
    """Give a conversation as a Word document."""
    from docx import Document

    document = Document()
    document.core_properties.title = conversation.title
    document.core_properties.author = ""
    document.core_properties.language = "nl-BE"
    document.add_heading(conversation.title, level=1)
    document.add_paragraph(_made(conversation))
    document.add_heading(_name("assistant"), level=2)
    document.add_paragraph(conversation.opening)
    for one in conversation.messages:
        document.add_heading(_speaker(one), level=2)
        for paragraph in one.text.split("\n\n"):
            document.add_paragraph(_printable(paragraph))
        for source in one.sources:
            document.add_paragraph(f"[{source.id}] {source.title} ({source.url})", style="List Bullet")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _made(conversation: Conversation) -> str:
    return say(_MADE, on=conversation.started_at.strftime("%d/%m/%Y"))


def _name(by: str) -> str:
    return say(_WHO[by])


def _speaker(one: Said) -> str:
    state = _STATES[one.state]
    return f"{_name(one.by)}, {one.at.strftime('%d/%m/%Y')}" + (f" ({say(state)})" if state else "")


def _printable(text: str) -> str:
    # XML has no place for control characters, and somebody may have pasted one.
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
