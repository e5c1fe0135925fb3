"""The block for a text to read."""

from xblocks.base import StepBlock


class ReadingBlock(StepBlock):
    """A text to read; done when the learner says so."""

    kind = "reading"
    kind_name = "Lezen"
