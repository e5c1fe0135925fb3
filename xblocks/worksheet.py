"""The block for a worksheet, which a teacher grades where its step has a rubric."""

from xblocks.graded import GradedByTeacherBlock


class WorksheetBlock(GradedByTeacherBlock):
    """A worksheet."""

    kind = "worksheet"
    kind_name = "Werkblad"
