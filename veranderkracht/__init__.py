"""The shared core: what a module, an activity, a rubric and a grade are, and their rules.

It runs inside an LMS, so it imports no Flask, Django, XBlock, SQLAlchemy, langchain or Chroma.
"""

__version__ = "0.1.0"
