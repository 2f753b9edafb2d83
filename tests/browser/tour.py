"""Takes the pictures of docs/tour.md: every page, at 320 and 1200 px, in light and dark. `make tour`."""
