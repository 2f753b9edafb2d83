"""A learner's home, and each mentorship as its people see it."""
