"""
The few words that markup adds to a text, by locale.

Titles of boxes whose writer gave none, and names of links that consist of a sign.  A locale that is missing here gets no title:
nothing is better than a word in the wrong language.
"""

from __future__ import annotations

from collections.abc import Mapping

_KINDS = ("note", "tip", "important", "warning", "danger", "info", "example", "success", "question", "quote")
_WORDS: dict[str, str] = {  # the kinds, then the link back from a footnote, then a film's transcript; bars between
    "en": "Note|Tip|Important|Warning|Danger|Info|Example|Done|Question|Quote|Back to the text|Transcript",
    "ca": "Nota|Consell|Important|Atenció|Perill|Informació|Exemple|Fet|Pregunta|Cita|Torna al text|Transcripció",
    "ro": "Notă|Sfat|Important|Atenție|Pericol|Informații|Exemplu|Gata|Întrebare|Citat|Înapoi la text|Transcriere",
    "fa": "یادداشت|نکته|مهم|هشدار|خطر|اطلاعات|مثال|انجام شد|پرسش|نقل‌قول|بازگشت به متن|متن گفتار",
    "zh-Hant": "備註|提示|重要|警告|危險|資訊|範例|完成|問題|引文|返回內文|影片文字說明",
}
SYNONYMS = {
    "hint": "tip",
    "caution": "warning",
    "attention": "warning",
    "error": "danger",
    "bug": "danger",
    "abstract": "info",
    "seealso": "info",
}
BOXES = frozenset({*_KINDS, *SYNONYMS})


def words(locale: str) -> Mapping[str, str]:
    """Return the words of a locale, or of its language; empty when neither is known."""
    row = _WORDS.get(locale) or _WORDS.get(locale.split("-", maxsplit=1)[0], "")
    return dict(zip((*_KINDS, "back", "transcript"), row.split("|"), strict=True)) if row else {}


def box_title(kind: str, locale: str) -> str:
    """Return the title of a box whose writer gave none; "" when the locale has no word for it."""
    return words(locale).get(SYNONYMS.get(kind, kind), "")
