"""
In which of our languages somebody wrote: by what their mail says, by its script, then by its little words.

A guess, for the acknowledgement and the case; an agent can see what was written.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_LOOKED_AT = 4_000  # characters
_SCRIPTS = (("fa", re.compile(r"[\u0600-\u06ff]")), ("zh-Hant", re.compile(r"[\u3400-\u9fff]")))
_LETTER = re.compile(r"[^\W\d_]")
# Words that are frequent in one of the languages and rare in the others.
_WORDS = {
    "en": """
        the and you your is are not have with this please would hello thanks my of to it for was can cannot when how
    """.split(),
    "ca": """
        el els les amb però és són que perquè gràcies hola bon dia meu meva vostra puc quan com està aquest aquesta molt per no em
    """.split(),
    "ro": """
        și este sunt nu pentru care cu bună ziua mulțumesc vă rog dar cum când mea meu mi-am am acest această fost pot sa si multumesc va
    """.split(),
}


def tongue_of(text: str, said: str, known: Collection[str], fallback: str) -> str:
    """
    Guess the locale of a text.

    Args:
        said: The mail's Content-Language; "" if it has none.
        known: The locales of the service.
        fallback: The one taken if nothing speaks for another.
    """
    named = {tag.casefold(): tag for tag in known}.get(said.partition(",")[0].strip().casefold())
    if named:
        return named
    text = text[:_LOOKED_AT]
    letters = len(_LETTER.findall(text))
    for locale, script in _SCRIPTS:
        if locale in known and letters and len(script.findall(text)) * 2 >= letters:
            return locale
    words = re.findall(r"[\w-]+", text.casefold().replace("ş", "ș").replace("ţ", "ț"))
    scores = {locale: sum(word in own for word in words) for locale, own in _WORDS.items() if locale in known}
    best = max(scores, key=lambda locale: (scores[locale], locale == fallback), default=fallback)
    return best if scores.get(best, 0) > 1 else fallback
