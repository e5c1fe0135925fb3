"""Modules and their steps: the schema, the loader, Markdown, and the library of what is installed."""
