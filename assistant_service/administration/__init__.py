"""The administration: people of an institution who sign in to the sidecar itself, and the pages they get."""
