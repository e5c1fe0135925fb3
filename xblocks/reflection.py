"""The block for a reflection on the learner's own practice, which a teacher grades."""

from xblocks.graded import GradedByTeacherBlock


class ReflectionBlock(GradedByTeacherBlock):
    """A reflection."""

    kind = "reflection"
    kind_name = "Reflectie"
