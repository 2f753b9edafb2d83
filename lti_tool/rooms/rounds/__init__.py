"""Running a round of matching, looking at its proposal, and publishing it."""
