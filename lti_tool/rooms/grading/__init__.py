"""The grade rule of a cohort: changed with a look at what that does, and its exceptions for single people."""
