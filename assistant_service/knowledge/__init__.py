"""Knowledge: documents of a tenant, cut into passages, indexed in Chroma and beside it, and searched."""
