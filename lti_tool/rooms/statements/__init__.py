"""The statements of a course as they are kept here: read, filtered, taken away."""
