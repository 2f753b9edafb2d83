"""Languages that people may choose to hold a session in."""

from flask_babel import get_locale

from lti_tool.web.reasons import language_name

CODES = (
    "ar", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "ha", "he", "hi", "hu", "id",
    "it", "ja", "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sv", "sw", "ta", "th", "tr", "uk", "ur",
    "vi", "yo", "zh",
)  # fmt: skip
"""BCP 47 codes of widely taught and widely spoken languages."""


def named(chosen: list[str]) -> list[tuple[str, str]]:
    """Pairs (code, name in the reader's language) in the order of the names.

    Args:
        chosen: what the person has already; codes that came from elsewhere stay in the list.
    """
    codes = dict.fromkeys([*CODES, *chosen])
    return sorted(((code, _name(code)) for code in codes), key=lambda pair: pair[1].casefold())


def guess(locale: str | None) -> list[str]:
    """What a person probably speaks, from the locale that the platform or the browser says."""
    said = (locale or str(get_locale() or "en")).replace("_", "-").split("-")[0].lower()
    code = "no" if said in {"nb", "nn"} else said
    return [code] if code in CODES else ["en"]


def _name(code: str) -> str:
    name = language_name(code)
    return name[:1].upper() + name[1:]
