"""How a person is shown beside their name: two letters in a coloured ring."""

import unicodedata

TONES = 6


def initials(name: str) -> str:
    """ "Ana Álvarez" is "AÁ", "Quiet Heron" is "QH"; one letter where the name is one word."""
    words = [word for word in name.split() if _first_letter(word)]
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(_first_letter(word) for word in chosen) or "?"


def tone(identity: int) -> int:
    """The colour of the ring: always the same for the same participant."""
    return identity % TONES


def _first_letter(word: str) -> str:
    """The first letter with the marks that belong to it, in upper case where there is one."""
    composed = unicodedata.normalize("NFC", word)
    start = next((at for at, sign in enumerate(composed) if sign.isalpha()), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(composed) and unicodedata.category(composed[end]).startswith("M"):
        end += 1
    upper = composed[start:end].upper()
    # "ß" becomes two letters in upper case; the ring has room for one.
    return upper if len(upper) <= end - start else composed[start:end]
