"""Measuring the sidecar: `veranderkracht bench search`."""
