"""The block for a case: a situation, people, decisions, and an open question that a teacher grades."""

from xblocks.graded import GradedByTeacherBlock


class CaseBlock(GradedByTeacherBlock):
    """A case."""

    kind = "case"
    kind_name = "Casus"
