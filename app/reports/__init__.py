"""A citizen's report: category, life cycle, history, photos."""
