"""What was written, apart from what was quoted: in five languages, by the mark and by what mail programs write; and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.mail.letters import LOCALES, letter
from feedback_service.mail.quotes import MARKS, cut_quote

FRESH = {"en": "Thank you!", "ca": "Moltes gràcies!", "ro": "Vă mulțumesc!", "fa": "خیلی ممنون!", "zh-Hant": "謝謝您！"}

# What programs write above a quote, with the language that they speak.
ATTRIBUTIONS = [
    ("en", "On Mon, 2 Mar 2026 at 10:00, Help <support+1001-abc@help.example> wrote:"),
    ("en", "On Mon, Mar 2, 2026 at 10:00\u202fAM Help <support@help.example> wrote:"),
    ("en", "On 2 Mar 2026, at 10:00, Help <support@help.example> wrote:"),
    ("en", "On 02/03/2026 10:00, Help wrote:"),
    ("en", "On Mon, 2 Mar 2026 at 10:00, The Help Centre of the Company\n<support+1001-abcdefghijklmnop@help.example> wrote:"),
    ("en", "Help <support@help.example> wrote on 2 Mar 2026:"),
    ("ca", "Missatge de Ajuda <support@help.example> del dia dl., 2 de març 2026 a les 10:00:"),
    ("ca", "El dl., 2 de març 2026, 10:00, Ajuda <support@help.example> va escriure:"),
    ("ca", "El 2 març 2026, a les 10:00, Ajuda <support@help.example> va escriure:"),
    ("ca", "El 2/3/26 a les 10:00, Ajuda ha escrit:"),
    ("ro", "În lun., 2 mar. 2026 la 10:00, Ajutor <support@help.example> a scris:"),
    ("ro", "Pe lun., 2 mar. 2026 la 10:00, Ajutor <support@help.example> a scris:"),
    ("ro", "La 02.03.2026 10:00, Ajutor a scris:"),
    ("ro", "In data de luni, 2 martie 2026, Ajutor <support@help.example> a scris :"),
    ("fa", "در تاریخ دوشنبه ۲ مارس ۲۰۲۶،\u200f ۱۰:۰۰ پشتیبانی <support@help.example> نوشت:"),
    ("fa", "در ۲/۳/۲۶ ۱۰:۰۰، پشتيباني نوشت:"),
    ("fa", "پشتیبانی <support@help.example> در دوشنبه ۲ مارس ۲۰۲۶ نوشته است:"),
    ("zh-Hant", "客服 <support@help.example> 於 2026年3月2日 週一 上午10:00寫道："),
    ("zh-Hant", "客服 <support@help.example> 於 2026年3月2日 上午10:00 寫道："),
    ("zh-Hant", "客服 於 2026/3/2 上午 10:00 寫道:"),
]
BLOCKS = [
    ("en", "From: Help <support@help.example>\nSent: Monday, 2 March 2026 10:00\nTo: Joan\nSubject: Re: Parcel"),
    ("en", "-----Original Message-----\nFrom: Help"),
    ("en", "________________________________\nFrom: Help\nSent: Monday\nTo: Joan\nSubject: Re: Parcel"),
    ("ca", "De: Ajuda <support@help.example>\nEnviat: dilluns, 2 de març de 2026 10:00\nPer a: Joan\nAssumpte: Re: Paquet"),
    ("ca", "-----Missatge original-----\nDe: Ajuda"),
    ("ro", "De la: Ajutor <support@help.example>\nTrimis: luni, 2 martie 2026 10:00\nCătre: Ion\nSubiect: Re: Colet"),
    ("ro", "-----Mesaj original-----\nDe la: Ajutor"),
    ("fa", "از: پشتیبانی <support@help.example>\nارسال شده: دوشنبه\nبه: رضا\nموضوع: Re: بسته"),
    ("fa", "-----پیام اصلی-----\nاز: پشتیبانی"),
    ("zh-Hant", "寄件者: 客服 <support@help.example>\n寄件日期: 2026年3月2日 上午 10:00\n收件者: 小明\n主旨: Re: 包裹"),
    ("zh-Hant", "-----原始郵件-----\n寄件者：客服"),
]


def ours(locale: str) -> str:
    """Write a reply of ours."""
    return letter("reply", locale, {"number": "1001", "link": "https://help.example/case/#x", "subject": "s", "text": "Hello\n\nyou"}).text


def quoted(text: str) -> str:
    """Quote a text as most programs do."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@pytest.mark.parametrize(("locale", "header"), ATTRIBUTIONS)
def test_programs_that_quote_with_signs(locale, header):
    """Above the quote stands who wrote when: it goes with the quote, whether our mark is in it or not."""
    for below in (quoted(ours(locale)), quoted("Hello\n\nyou")):
        for gap in ("\n", "\n\n"):
            assert cut_quote(f"{FRESH[locale]}\n\n{header}{gap}{below}").fresh == FRESH[locale]


@pytest.mark.parametrize(("locale", "header"), [*BLOCKS, *ATTRIBUTIONS])
def test_programs_that_quote_without_signs(locale, header):
    """The whole mail stands below the header, as it was: it is cut by the header, or by our mark."""
    for below in (ours(locale), "Hello\n\nyou"):
        assert cut_quote(f"{FRESH[locale]}\n\n{header}\n\n{below}").fresh == FRESH[locale]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_mark_alone_is_enough(locale):
    """Our own line is found in every language, in any wrapping of signs, and whatever an unknown program wrote."""
    mark = MARKS[locale]
    for below in (
        f"— {mark} —\nHello",
        f"> *{mark.upper()}*\n> Hello",
        f"\u200f{mark}\u200f\nHello",
        f">> -- {mark}\n>> Hello",
        f"*{mark}*\n> Hello",
    ):
        assert cut_quote(f"{FRESH[locale]}\n\n{below}").fresh == FRESH[locale]


@pytest.mark.parametrize(
    "text",
    [
        "> our question\nTheir answer\n> another\nAnd another",
        "On Mon, 2 Mar 2026 at 10:00, Help <h@x.example> wrote:\n> our question\nTheir answer",
        "See below.\n\nOn Mon, 2 Mar 2026 at 10:00, Help <h@x.example> wrote:\n> our question\nTheir answer",
        f"> {MARKS['en']}\n> Hello\n\nI answer below, as one used to.",
        "> all of it is a quote",
        "On Mon, 2 Mar 2026 at 10:00, Help <h@x.example> wrote:\n> only the quote",
        "My parcel:\nFrom: Girona\nIt never came.",
        "She wrote:\nno dates, no quote",
        "At 10:00 I called:\nnobody answered",
        "Please look:\n\n---------- Forwarded message ---------\nFrom: Shop <s@x.example>\nDate: Monday\nSubject: x\nTo: Joan\n\nYour order",
        "Mireu:\n\nInici del missatge reenviat:\n\nDe: Botiga\nData: avui\nAssumpte: x",
        "",
        "\n\n",
    ],
)
def test_what_people_wrote_stays(text):
    """Answers between lines or below, forwarded mails, texts with colons: nothing is cut when it is not sure."""
    assert cut_quote(text) == (text, "")


def test_a_signature_below_the_quote_is_no_answer():
    """Some programs put the signature last."""
    text = "Yes.\n\nOn Mon, 2 Mar 2026 at 10:00, Help <h@x.example> wrote:\n> question\n\n--\nJoan Mas\nGirona"

    assert cut_quote(text).fresh == "Yes."


LINES = st.sampled_from(
    [
        *FRESH.values(),
        *MARKS.values(),
        *(header for _, header in ATTRIBUTIONS),
        *(block for _, block in BLOCKS),
        "> a",
        ">> b",
        "",
        "--",
        "text",
        "x: y",
    ]
)


@given(st.lists(LINES | st.text(max_size=20), max_size=12).map("\n".join))
def test_nothing_is_lost(text):
    """Of any text, both halves together are the whole of it; what is kept is its beginning, and says something if the text did."""
    fresh, rest = cut_quote(text)

    assert "\n".join([fresh, *([rest] if rest else [])]) == text
    assert any(map(str.isalnum, fresh)) or not rest


@given(
    st.sampled_from(LOCALES),
    st.sampled_from(ATTRIBUTIONS),
    st.text(st.characters(categories=["L", "N", "Po", "Zs"], exclude_characters=">|＞:：︰"), min_size=1, max_size=80),
)
def test_a_top_answer_is_found(locale, header, said):
    """Whatever somebody writes above the quote of one of our mails comes out as it was."""
    said = f"I say {said}".rstrip()

    assert cut_quote(f"{said}\n\n{header[1]}\n{quoted(ours(locale))}").fresh == said
