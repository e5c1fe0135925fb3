"""Feedback on a text: crisis routing, names, redaction, attempts, retrieval, and who reads it."""
