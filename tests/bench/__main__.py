"""`make bench`: side-by-side timings, printed as Markdown tables. Nothing here is asserted."""

import logging
import sys

from lti_tool.web import logs
from tests.bench import delivery, matching_peers

PARTS = {"matching": matching_peers.run, "delivery": delivery.run}


def main() -> None:
    """Run all parts, or those named on the command line."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"No such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}")
    logs.configure(logging.WARNING)  # a line for each request would stand among the tables
    for name in wanted:
        print(f"\n## {name}\n")
        PARTS[name]()


if __name__ == "__main__":
    main()
