"""A visit in a browser that keeps no cookie of the tool inside the LMS, partitioned or not.

Chromium has no switch for that any more. Its settings for a site do it: cookies of the tool's host are
blocked wherever the LMS's host is on top, as in browsers that know no partitioned cookies.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import FLAGS
from tests.browser.visit import Visit

BLOCKED = {"http://localhost:*,http://127.0.0.1:*": {"setting": 2}}
"""The tool's host below the LMS's host; 2 is "block"."""


class CookielessVisit(Visit):
    """Needs the path of the Chromium as ``executable_path``: its settings lie in a folder of its own."""

    def open(self, browser: Browser, **options: Any) -> BrowserContext:
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        profile = Path(self._folder.name) / "Default"
        profile.mkdir()
        exceptions = {"profile": {"content_settings": {"exceptions": {"cookies": BLOCKED}}}}
        (profile / "Preferences").write_text(json.dumps(exceptions))
        return browser.browser_type.launch_persistent_context(self._folder.name, args=FLAGS, **options)

    def close(self) -> None:
        self.context.close()
        self._folder.cleanup()
