"""
English support text without end: our own words, our own sentences, the same for the same seed.

What a search index costs depends on how many different words there are and how unevenly they are used,
so words are drawn by rank, as Zipf found them in real text: some words stand on every page, thousands on one or two.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate


def _words(text: str) -> list[str]:
    return text.split()


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


_NOUNS = _words("""
account order invoice address password message payment card device parcel page form button browser screen email phone number code
team member customer agent article question answer case file folder photo image video caption language setting option menu list
table row column report chart filter search result label tag category topic draft review comment note reminder calendar date time
zone hour day week month year plan price discount voucher coupon gift refund return exchange warranty repair part battery cable
charger adapter plug lamp sensor camera printer scanner router network signal connection server backup copy version update release
download upload install license key token session cookie cache window tab link bookmark history profile picture nickname contact
group role permission owner guest visitor partner supplier shop store counter warehouse shelf box package envelope stamp courier
driver route depot street city region country border customs duty tax receipt statement balance limit fee charge credit debit bank
transfer currency rate total amount subscription renewal trial upgrade membership ticket seat room booking reservation journey
platform gate luggage meal menu-card drink kitchen garden window-sill door lock alarm heater boiler thermostat meter reading
tariff bill contract clause signature document passport identity consent policy notice law regulation complaint incident outage
delay fault error warning log trace test sample pattern rule exception template script macro shortcut gesture pointer keyboard
headset speaker microphone volume channel stream track playlist library shelf-mark author chapter paragraph sentence word letter
font colour theme layout margin header footer sidebar banner icon logo badge chip slider switch checkbox field hint placeholder
validation summary
""")

_VERBS = _words("""
open select check enter click save close send confirm change add remove create update move copy print export import download
upload install start restart stop pause resume cancel return refund pay charge renew extend reduce limit allow block mute follow
share invite accept reject review approve publish archive restore delete rename replace repair clean charge connect disconnect
pair reset unlock lock sign register verify measure compare count collect deliver ship pack label scan track report answer ask
explain describe show hide sort filter search group link attach detach forward assign escalate merge split translate edit draft
store load refresh reload clear enable disable adjust align rotate crop resize record play stream listen watch test monitor notify
remind schedule postpone book reserve order purchase exchange convert calculate round transfer deposit collect claim appeal
complain request offer recommend suggest support help guide train learn
""")

_ADJECTIVES = _words("""
new open current shared private public recent last first next main second local remote manual automatic empty full partial
complete missing wrong valid expired active inactive late early daily weekly monthly yearly free paid cheap costly safe secure
weak strong fast slow short long large small heavy light dark bright quiet loud warm cold dry wet clean dirty broken damaged
repaired original temporary permanent optional required hidden visible blocked allowed pending approved rejected archived printed
signed digital postal domestic foreign regional seasonal simple complex careful plain useful helpful common rare typical unusual
separate joint single double third spare extra frequent regular
""")

_ADVERBS = _words("""
usually often now always again later first then once twice soon today tomorrow automatically manually safely quickly slowly
carefully directly instead meanwhile afterwards otherwise therefore however finally normally sometimes rarely everywhere abroad
online offline
""")

_SYLLABLES = _words("""
ba be bi bo da de di do fa fe fi ga go ha he ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se so ta te
ti to va ve vi za zo
""")
_CODAS = ("n", "r", "l", "s", "x", "nd", "rt", "m", "", "", "", "th")

_SENTENCES = _lines("""
Open the {a} {n} and {v} the {n} that you want to {v}.
If the {n} is {a}, {v} it before you {v} the {n}.
{Adv}, the {n} {vs} every {a} {n} that belongs to your {n}.
You can {v} up to {num} {ns} at once; after that the {n} is {a}.
We {adv} {v} the {n} within {num} days and {v} a {n} to your {n}.
The {a} {n} of {Name} {vs} the {n} when somebody has {ved} it.
{Ving} a {n} does not {v} the {ns} that you {ved} with {Name}.
Ask the {n} of your {n} to {v} the {a} {n} for you.
When **{Ui}** is {a}, the {n} shows `{code}` beside each {n}.
Choose **{Ui}**, then {v} the {n}, and {adv} {v} the result.
A {a} {n} stays {a} until the {n} has been {ved} {adv}.
Nobody else can {v} your {n}, not even {Name} or the {n} that {vs} it.
{Adv} it takes {num} minutes before the {a} {ns} are {ved} in {Name}.
The {n} keeps {ns}, {ns} and {ns}; it never keeps the {a} {n}.
For {a} {ns} there is a {a} way: {v} the {n} by {n} or {n}.
Customers in {Name} {v} the {n} at the {n}; customers elsewhere {v} it {adv}.
This is *not* the same as {ving} the {n}, which would {v} {ns} that are {a}.
Without a {a} {n}, {Name} can only {v} {ns} of the last {num} months.
Keep the {n} until the {a} {n} has been {ved}; you may need the {n} to {v} it.
Is the {n} still {a}? Then {v} the {n} `{code}` and {v} again.
Our {n} in {Name} will {v} the {a} {ns}, {v} the {n} and {v} you by {n}.
Each {n} carries a {n} of {num} characters, for example `{code}`.
""")

_STEPS = _lines("""
Open **{Ui}** and select the {a} {n}.
{V} the {n} under **{Ui}**.
Enter the {n}, for example `{code}`, and {v} the {n}.
Check that the {n} is {a}; {v} it if it is not.
Select **{Ui}** to {v} the {ns} of {Name}.
Wait until the {a} {n} has {ved} the {n}.
{V} the {a} {n}, then {v} the {n} once more.
Confirm with **{Ui}** and close the {n}.
""")

_TITLES = _lines("""
How to {v} a {a} {n} in {Name}
{V} the {n} of a {a} {n}
{Ving} {ns} and {ns} with {Name}
When a {n} cannot {v} the {a} {n}
{V} or {v} {a} {ns}
What a {a} {n} means for your {n}
""")

_HEADINGS = _lines("""
{V} the {a} {n}
{Ving} {a} {ns}
When the {n} is {a}
{V} {ns} for {Name}
If you cannot {v} the {n}
""")
_QUESTIONS = _lines("""
Why is my {n} {a}?
How do I {v} the {n}?
Can {Name} {v} my {ns}?
When will the {a} {n} {v}?
Who may {v} a {a} {n}?
""")

_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeio])")  # "a open" becomes "an open"


class Ranked:
    """Words in order of rank; the word of rank r is drawn 1 / (r + 3) as often as chance would have it."""

    def __init__(self, words: Sequence[str]) -> None:
        """Take *words*, the most frequent first; doubles go."""
        self.words = tuple(dict.fromkeys(words))
        self._bounds = tuple(accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def draw(self, chance: random.Random) -> str:
        """Return one word."""
        return self.words[bisect_left(self._bounds, chance.random() * self._bounds[-1])]


class Prose:
    """Draws words, sentences and titles.  Two of them with equal seeds say the same."""

    def __init__(self, seed: str) -> None:
        """Start at *seed*."""
        self.chance = random.Random(seed)

    def fill(self, pattern: str) -> str:
        """Return *pattern* with a word in each `{slot}`; `{n}` noun, `{v}` verb, `{a}` adjective; a capital letter gives one."""
        return _ARTICLE.sub(r"\1n ", _SLOT.sub(lambda match: _SLOTS[match[1]](self.chance), pattern))

    def title(self) -> str:
        """Return a title of about 40 characters."""
        return self.fill(self.chance.choice(_TITLES))

    def heading(self) -> str:
        """Return the text of a heading, without a mark at the end."""
        return self.fill(self.chance.choice(_HEADINGS))

    def question(self) -> str:
        """Return a customer's question."""
        return self.fill(self.chance.choice(_QUESTIONS))

    def sentence(self) -> str:
        """Return a sentence of about 70 characters."""
        return self.fill(self.chance.choice(_SENTENCES))

    def step(self) -> str:
        """Return one instruction."""
        return self.fill(self.chance.choice(_STEPS))

    def paragraph(self, sentences: int) -> str:
        """Return so many *sentences* on one line."""
        return " ".join(self.sentence() for _ in range(sentences))

    def words(self, count: int) -> list[str]:
        """Return *count* different nouns and names, as keywords."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.fill(self.chance.choice(("{n}", "{name}", "{a} {n}")))] = None
        return list(found)


def plural(noun: str) -> str:
    """Return the plural of an English *noun* of our list."""
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def inflect(verb: str, ending: str) -> str:
    """Return *verb* with *ending* "ed" or "ing", by the regular rules (our list is chosen so that they nearly always hold)."""
    if verb.endswith("e"):
        return verb[:-1] + ending
    if ending == "ed" and verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + ending


def _names(count: int) -> list[str]:
    chance = random.Random("names")
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))).capitalize() + chance.choice(_CODAS)] = None
    return list(made)


def _mixed(words: Sequence[str]) -> Ranked:
    return Ranked(random.Random("rank").sample(words, len(words)))


_COMPOUNDS = [first + second for first in _NOUNS[::4] for second in _NOUNS[1::5] if "-" not in first + second]
_nouns = Ranked([*_mixed(_NOUNS).words, *random.Random("compounds").sample(_COMPOUNDS, 1_500)])
_verbs, _adjectives, _adverbs, _proper = _mixed(_VERBS), _mixed(_ADJECTIVES), _mixed(_ADVERBS), Ranked(_names(4_000))

Draw = Callable[[random.Random], str]
_PLAIN: dict[str, Draw] = {
    "n": _nouns.draw,
    "ns": lambda chance: plural(_nouns.draw(chance)),
    "v": _verbs.draw,
    "vs": lambda chance: plural(_verbs.draw(chance)),
    "ved": lambda chance: inflect(_verbs.draw(chance), "ed"),
    "ving": lambda chance: inflect(_verbs.draw(chance), "ing"),
    "a": _adjectives.draw,
    "adv": _adverbs.draw,
    "name": _proper.draw,
    "num": lambda chance: str(chance.randint(2, 90)),
    "ui": lambda chance: f"{_verbs.draw(chance)} {_nouns.draw(chance)}",
    "code": lambda chance: f"{_nouns.draw(chance)}_{chance.randint(10, 9999)}",
}


def _capital(draw: Draw) -> Draw:
    def drawn(chance: random.Random) -> str:
        word = draw(chance)
        return word[:1].upper() + word[1:]

    return drawn


_SLOTS: dict[str, Draw] = {**_PLAIN, **{name.capitalize(): _capital(draw) for name, draw in _PLAIN.items()}}
