"""Cohorts: where a launch lands, and how an instructor sets up and watches a peer-mentoring programme."""
