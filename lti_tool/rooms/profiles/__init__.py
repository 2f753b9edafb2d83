"""A person's own part in a cohort: consent, topics, free times, time zone, leaving."""
