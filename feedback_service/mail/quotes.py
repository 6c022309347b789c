"""
What somebody wrote, apart from what their mail program quoted below it.

Our own mark comes first: the line that asks to write above it, in any of our languages.  Then what mail programs put before a quote,
per language.  Last, lines with ">" at the end of a mail.  Only the end of a mail is cut: where words follow a quote, somebody answered
line by line, and nothing is cut.  Nothing is lost either: what was cut is returned too.  A forwarded mail is what the sender wants us
to read, and stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

# The line that our mails begin with, as letters.py writes it; it is found by its letters alone.
MARKS = {
    "en": "Please write your answer above this line",
    "ca": "Escriviu la resposta per sobre d'aquesta línia",
    "ro": "Scrieți răspunsul deasupra acestei linii",
    "fa": "لطفاً پاسخ خود را بالای این خط بنویسید",
    "zh-Hant": "請在這一行上方回覆",
}
MOST_HEADER = 4  # lines over which a mail program spreads "On …, … wrote:"
LONGEST_HEADER = 400  # characters of such lines together

# "On Mon, 2 Mar 2026 at 10:00, Joan <joan@example.org> wrote:".  Gmail, Apple Mail, Thunderbird, Outlook on the web, older programs.
_WROTE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"on\b.* wrote ?:",
        r".{1,200} (?:wrote|writes) ?:",
        r"(?:el|la|en data|el dia|a les)\b.* (?:va escriure|ha escrit|escriví|escrivia) ?:",
        r"missatge de\b.* del? (?:dia )?.*:",
        r"(?:in|la|pe|pe data de|pe data|joi|vin|lun|mar|mie|sam|dum)\b.* a scris ?:",
        r"(?:در|به تاریخ)\b.*(?:نوشت|نوشته است|نوشته|نوشتند|چنین نوشت) ?:",
        r".{1,200}(?:در|به تاریخ)\b.*(?:نوشت|نوشته است|نوشته) ?:",
        r".*(?:於|在|于).*(?:寫道|写道|撰寫|寫到|提到) ?[:︰]",
        r".{1,200} (?:寫道|写道) ?[:︰]",
        r".{1,200}<[^<>@\s]{1,64}@[^<>@\s]{1,200}>.{0,60}:",
    )
)
_ORIGINAL = re.compile(
    r"[-_—=* ]{2,20} ?(?:original message|original appointment|missatge original|mesaj(?:ul)? original(?:ul)?|mesajul initial"
    r"|پیام اصلی|原始郵件|原始訊息|原始信件|原來的郵件|原始邮件) ?[-_—=* ]{2,20}",
    re.IGNORECASE,
)
_RULE = re.compile(r"_{20,100}")  # the rule that Outlook draws before its block
# Outlook's block of labels, each on a line of its own; the first one says who wrote.
_FROM = re.compile(r"[*]?(?:from|de|de la|expeditor|از|فرستنده|寄件者|寄件人|從|发件人)[*]?[:︰] ?[*]? ?\S", re.IGNORECASE)
_LABEL = re.compile(
    r"[*]?(?:sent|date|to|cc|subject|reply-to|importance"
    r"|enviat(?: el)?|data|enviat el dia|per a|a|per|a/c|assumpte|tema"
    r"|trimis|data|catre|subiect|trimis la"
    r"|ارسال(?: شده)?|تاریخ|به|رونوشت|موضوع|گیرنده|زمان ارسال"
    r"|寄件日期|傳送時間|傳送日期|日期|時間|收件者|收件人|副本|主旨|主題|发送时间|收件人|抄送|主题)[*]?[:︰]",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-= ]{2,20} ?(?:forwarded message|missatge reenviat|mesaj redirectionat|mesaj transmis|پیام بازارسال شده"
    r"|پیام هدایت شده|پیام ارسال مجدد"
    r"|轉寄的郵件|轉寄郵件|轉寄訊息|已轉寄的郵件|forwarded by .{1,100}) ?[-= ]{2,20}"
    r"|begin forwarded message:|inici del missatge reenviat:|inceputul mesajului redirectionat:|開始轉寄(?:郵件|訊息)[:︰]"
    r"|شروع پیام هدایت.?شده:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[ \t\u200e\u200f]{0,3}[>|＞]")
# Mail programs give a time, a date or an address; people who write "he wrote:" mostly do not.
_DATED = re.compile(r"\d\d?[:.]\d\d|\d{1,4} ?[/.年-] ?\d|<[^<>\s]{1,64}@[^<>\s]{1,200}>|\b(?:19|20)\d\d\b")
_MARGIN = re.compile(r"^[>|＞\s]{1,20}")
_ONE_LETTER = str.maketrans(
    dict(zip("ăâîșțşţĂÂÎȘȚŞŢ", "aaiststAAISTST", strict=True))
    | {"ي": "ی", "ى": "ی", "ك": "ک", "\u200c": " ", "：": ":", "’": "'", "\u00a0": " ", "\u202f": " "}
)


class Cut(NamedTuple):
    """A mail's text in two; put together again it has every line of it."""

    fresh: str
    quoted: str


def cut_quote(text: str) -> Cut:
    """
    Cut off what is quoted at the end of a text.

    If nothing would be left, nothing is cut: somebody answered below the quote, or sent the quote alone.
    """
    lines = text.split("\n")
    end = start = _Page([*map(_folded, lines)]).quote_start()
    while end and not lines[end - 1].strip():
        end -= 1
    if start == len(lines) or not any(map(_says, lines[:end])):
        return Cut(text, "")
    return Cut("\n".join(lines[:end]), "\n".join(lines[end:]))


class _Page:
    """The lines of a text, folded, and where the last of those with ">" stands."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.last = max((place for place, line in enumerate(lines) if _QUOTED.match(line)), default=-1)
        below = lines[self.last + 1 :]
        signature = next((place for place, line in enumerate(below) if line.rstrip() == "--"), len(below))
        self.answered = self.last >= 0 and any(map(_says, below[:signature]))  # somebody wrote below the last quote

    def quote_start(self) -> int:
        """Find the line with which the quote begins; the number of lines if there is none."""
        for number, line in enumerate(self.lines):
            if _FORWARDED.fullmatch(line.strip()):
                return len(self.lines)
            if _is_mark(line):
                return self._above(number) if self._is_end(number) else len(self.lines)
            if self._is_end(number) and (self._is_block(number) or self._is_header(number)):
                return self._above(number)
        return len(self.lines) if self.answered or self.last < 0 else self._tail()

    def _is_end(self, number: int) -> bool:
        """Tell whether nobody wrote between quotes, or below them, from here on."""
        return self.last < number or not self.answered

    def _tail(self) -> int:
        """Find the first of the lines with ">" at the end, or the line above that says who wrote them."""
        start = self.last + 1
        while start and (_QUOTED.match(self.lines[start - 1]) or not self.lines[start - 1].strip()):
            start -= 1
        above = self.lines[start - 1] if start else ""
        return start - 1 if any(pattern.fullmatch(_bare(above)) for pattern in _WROTE) and len(above) <= LONGEST_HEADER else start

    def _is_block(self, number: int) -> bool:
        """Tell whether Outlook's block of labels, or the line that stands for it, begins here."""
        line = _bare(self.lines[number])
        if _ORIGINAL.fullmatch(line):
            return True
        if not _FROM.match(line):
            return False
        following = [each for each in map(_bare, self.lines[number + 1 : number + 9]) if each][:4]
        return sum(bool(_LABEL.match(each)) for each in following) >= 2

    def _is_header(self, number: int) -> bool:
        """Tell whether "On …, … wrote:" begins here, on one line or several, and a quote or nothing else follows."""
        joined = ""
        for count, line in enumerate(self.lines[number : number + MOST_HEADER], start=1):
            bare = _bare(line)
            if not bare or len(joined) + len(bare) > LONGEST_HEADER:
                return False
            joined = f"{joined} {bare}".strip()
            if bare.endswith((":", "︰")) and _DATED.search(joined) and any(pattern.fullmatch(joined) for pattern in _WROTE):
                return self._leads_to_quote(number + count)
        return False

    def _leads_to_quote(self, number: int) -> bool:
        following = next((line for line in self.lines[number : number + 5] if line.strip()), "")
        return bool(_QUOTED.match(following)) or self.last < number

    def _above(self, number: int) -> int:
        """Go up over what a mail program put before the mark or the block: empty lines, a rule, "On …, … wrote:"."""
        above = number
        while above and not _bare(self.lines[above - 1]):
            above -= 1
        if above and _RULE.fullmatch(_bare(self.lines[above - 1])):
            return above - 1
        starts = range(max(0, above - MOST_HEADER), above)
        return next((start for start in starts if self._is_header(start)), number)


def _is_mark(line: str) -> bool:
    return len(line) < 300 and any(mark in _letters(line) for mark in _MARK_LETTERS)


def _folded(line: str) -> str:
    """Write a line as patterns look for it: one form of each letter, Romanian without its accents, no signs of direction."""
    return "".join(sign for sign in line[:2_000].translate(_ONE_LETTER) if unicodedata.category(sign) != "Cf")


def _bare(line: str) -> str:
    """Take quotation signs and spaces off a line."""
    return _MARGIN.sub("", line).strip()


def _says(line: str) -> bool:
    return any(map(str.isalnum, line)) and not _QUOTED.match(line)


def _letters(line: str) -> str:
    return "".join(sign for sign in line.casefold() if sign.isalnum())


_MARK_LETTERS = tuple(_letters(_folded(mark)) for mark in MARKS.values())
