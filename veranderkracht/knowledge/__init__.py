"""The knowledge base: short articles with their sources, and the thesaurus that searching uses."""
