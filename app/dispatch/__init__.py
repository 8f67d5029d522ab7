"""The everyday-issues office at work: who goes where, and what came of it."""
