"""The block for a scan, taken again after some time."""

from xblocks.base import StepBlock


class ScanBlock(StepBlock):
    """A scan."""

    kind = "scan"
    kind_name = "Scan"
