"""Rubrics, and assessments checked against the version they were made with."""
