"""Formulas give what their authors' arithmetic gives; sentences are cut where readers would cut them."""

from __future__ import annotations

import pytest

from kbgen.prose.readability import ENOUGH, lecturabilidad, length_of, lix, reading_ease, score_of, syllables_of
from kbgen.prose.sentences import characters, sentences, words

EASY = {
    "en": "Open the box. Take out the lamp. Put it on the desk. Push the cord in. " * 8,
    "ca": "Obre la capsa. Treu el llum. Posa el llum a la taula. Connecta el cable. " * 8,
    "ro": "Deschide cutia. Scoate lampa. Pune lampa pe masă. Leagă cablul. " * 10,
    "fa": "جعبه را باز کنید. لامپ را بردارید. آن را روی میز بگذارید. " * 10,
    "zh-Hant": "請打開盒子。拿出燈具。把它放在桌上。接上電線。" * 12,
    "de": "Das ist gut. Wir sind da. Er ist hier. Du bist nett. " * 9,
}
HARD = {
    "en": "Notwithstanding previously communicated organisational considerations, administrative representatives continuously investigate "
    "international documentation requirements regarding authentication infrastructure. " * 8,
    "ca": "Independentment de les consideracions organitzatives comunicades anteriorment, la representació administrativa internacional "
    "investiga contínuament la documentació corresponent a les infraestructures d'autenticació. " * 7,
    "ro": "Independent de considerațiile organizatorice comunicate anterior, reprezentanții administrativi internaționali investighează "
    "documentația corespunzătoare infrastructurii de autentificare. " * 8,
    "fa": "با " + "توجه به اینکه درخواست شما هنوز در دست بررسی است و همکاران ما در بخش مالی آن را " * 2 + "می‌بینند صبر کنید. " * 1,
    "zh-Hant": "由於我們目前正在處理大量來自各地客戶的退貨申請以及相關的付款與物流問題所以您可能需要等待比平常更長的時間才能收到我們的回覆。"
    * 4,
    "de": "Betriebsanleitungen verlangen Gebrauchsanweisungen, Verbraucherinformationen beschreiben Sicherheitsvorkehrungen. " * 15,
}


@pytest.mark.parametrize("locale", sorted(EASY))
def test_hard_text_is_told_from_easy_text(locale):
    """In each language a text for children and one of an office lie on the two sides of the limit."""
    from kbgen.prose.readability import measure_of

    _, measure = measure_of(locale)
    easy, hard = (score_of(text * 3, locale) for text in (EASY[locale], HARD[locale]))

    assert easy is not None
    assert hard is not None
    assert not measure.hard(easy), easy
    assert measure.hard(hard), hard


def test_formulas_are_their_authors():
    """Ten sentences of ten words, with 150 syllables or twenty long words: the sums of the formulas as printed."""
    assert reading_ease(100, 10, 150) == pytest.approx(206.835 - 10.15 - 126.9)
    assert lecturabilidad(100, 10, 200) == pytest.approx(206.84 - 120 - 10.2)
    assert lix(100, 10, 20) == pytest.approx(30)


@pytest.mark.parametrize("formula", [reading_ease, lecturabilidad, lix])
@pytest.mark.parametrize("counts", [(0, 1, 1), (1, 0, 1)])
def test_nothing_has_no_score(formula, counts):
    """A text without words or sentences is no text."""
    with pytest.raises(ValueError, match="a word and a sentence"):
        formula(*counts)


def test_short_texts_get_no_score():
    """Below a hundred words a formula says nothing."""
    assert score_of("One word. " * (ENOUGH // 2 - 1), "en") is None
    assert score_of("One word. " * (ENOUGH // 2), "en") is not None
    assert score_of("", "fa") is None


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        (
            "en",
            {
                "made": 1,
                "table": 2,
                "called": 1,
                "wanted": 2,
                "boxes": 2,
                "lines": 1,
                "while": 1,
                "delivery": 4,
                "application": 4,
                "the": 1,
            },
        ),
        ("ca", {"contrasenya": 4, "compte": 2, "aigua": 2, "pàgina": 3, "llum": 1}),
        ("ro", {"parolă": 3, "dispozitiv": 4, "pagină": 3, "cont": 1}),
    ],
)
def test_syllables(language, counts):
    """Syllables of common words are those that one hears."""
    count = syllables_of(language)

    assert {word: count(word) for word in counts} == counts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("It costs 3.49 euros, e.g. in May. Yes.", ["It costs 3.49 euros, e.g. in May.", "Yes."]),
        ("“Done.” He left.", ["“Done.”", "He left."]),
        ("A heading\nAn item without an end\nA sentence.", ["A sentence."]),
        ("很好。請打開！為什麼？", ["很好。", "請打開！", "為什麼？"]),
        ("سلام. خوبی؟ بله.", ["سلام.", "خوبی؟", "بله."]),
        ("... ??? !!!", []),
    ],
)
def test_sentences(text, found):
    """Abbreviations and numbers end none; headings are none; Chinese needs no space."""
    assert sentences(text) == found


def test_words_and_characters():
    """A joiner and an apostrophe belong to a word; Latin words among Han characters count as one."""
    assert words("می‌خواهم l'app re-open 2026") == ["می‌خواهم", "l'app", "re-open"]
    assert characters("打開 Lumbra 的設定 2 次") == 8
    assert length_of("打開設定。", "zh-Hant") == 4
    assert length_of("Open it now.", "en") == 3
