"""The demo: all of Veranderkracht on one machine, beside a small LMS. Not part of what is installed at a college."""
