"""Measuring the tool: `veranderkracht bench launch`."""
