"""The course list: whom it lacks, and a list that looks wrong. The instructor decides."""
