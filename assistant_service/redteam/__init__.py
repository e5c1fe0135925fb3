"""The red team: attempts on the assistant, a model that obeys them, and what came of each. No guard lives here."""
