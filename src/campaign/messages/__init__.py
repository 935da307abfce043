"""The message catalogue: every text a person reads, in English (the id itself) and Chinese."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from campaign.problems import Text

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "campaign"
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
OURS = frozenset({"status", "basis", "outcome", "verdict", "move", "duty", "kind", "milestone"})
"""Values of these names are words of ours, such as `approved`, and are said in the reader's language too."""
IDENTIFIER = re.compile(r"[a-z0-9_.:/-]*")


class Catalogue:
    """Says texts in one language."""

    def __init__(self, lang: str, translate: Callable[[str], str] | None = None) -> None:
        """Say texts by TRANSLATE, which returns an id that it does not know unchanged; None says them in English."""
        self.lang = lang
        self._translate = translate

    def say(self, text: Text) -> str:
        """Say TEXT; a value that is itself a message of the catalogue is said in the same language.

        Values that look like identifiers stay what they are, since `target` may be the name of a gate; except those of
        OURS.
        """
        if self._translate is None or not text.template:
            return str(text)
        values = {name: self._value(name, value) for name, value in text.values.items()}
        values |= {name: self.say(part) for name, part in (text.texts or {}).items()}
        return Text(text.template, values).fill(self._translate(text.template))

    def word(self, word: str) -> str:
        """Say one word of ours, such as a status, that stands alone in a table; a word of somebody else's stays."""
        return self._translate(word) if self._translate and word else word

    def _value(self, name: str, value: str) -> str:
        return value if name not in OURS and IDENTIFIER.fullmatch(value) else self.word(value)


def catalogue(lang: str, locale: Path = LOCALE) -> Catalogue:
    """Return the catalogue of LANG (`en` or `zh`); without a compiled file the texts stay English."""
    if lang == "en":
        return Catalogue(lang)
    from gettext import translation  # noqa: PLC0415 -- only where it is needed

    return Catalogue(lang, translation(DOMAIN, locale, [lang], fallback=True).gettext)


def language(chosen: str, environ: Mapping[str, str]) -> str:
    """Return CHOSEN if given, else what the locale variables of ENVIRON say: `zh…` is Chinese, all else English."""
    if chosen:
        return chosen
    locale = next((environ[name] for name in VARIABLES if environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
