"""The record stores of a course: added, tried, switched off, filled with what happened before."""
