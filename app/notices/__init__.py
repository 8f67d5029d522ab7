"""Tells people what happened, from committed history rows, by the worker and never inside a request."""
