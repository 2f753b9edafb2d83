"""Reports: the engagement measure that opens to its rows, the gradebook and a learner's own reckoning."""
