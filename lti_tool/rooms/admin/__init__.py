"""Administration: the platforms, the keys, the log, and whether everything works."""
