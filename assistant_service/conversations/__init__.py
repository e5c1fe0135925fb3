"""Conversations: supervision and help, by a language model or the built-in guide, kept for the learner alone."""
