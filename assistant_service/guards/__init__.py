"""Guards on what a language model says, on what is asked of it, and on where it is asked."""
