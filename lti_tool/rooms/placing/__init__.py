"""Placing the tool in a course: what an instructor chooses after a deep linking request, and its answer."""
