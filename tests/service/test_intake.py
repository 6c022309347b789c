"""The public forms: every mistake told at once, with the word by which the reader's language is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.intake import REASONS, Complaint, FormError, Known, case_form, question_form, rating_form

KNOWN = Known({"kb-bill": "kb-bill", "kb-old": "kb-bill"}, {"kb-bill": ["abc1234"]}, ["ca", "fa", "zh-Hant"])
CASE = {"subject": "M'han cobrat dues vegades", "body": "Hola,\r\nla factura 7.", "email": "Joan@Example.com", "locale": "ca"}
RATING = {"article": "kb-bill", "locale": "ca", "helpful": "no"}


def complaints(check, fields) -> dict[str, str]:
    """Return field -> reason."""
    with pytest.raises(FormError) as caught:
        check(fields, KNOWN)
    return {name: complaint.reason for name, complaint in caught.value.complaints.items()}


def test_a_case_as_the_portal_sends_it():
    """Texts are cleaned, references are those of today, an empty choice is the default."""
    form = case_form(
        {**CASE, "name": "", "article": "kb-old", "revision": "abc1234", "query": "Factura joan@x.cat 123456", "website": ""}, KNOWN
    )

    assert (form.body, form.email, form.type) == ("Hola,\nla factura 7.", "Joan@example.com", "question")
    assert (form.article, form.revision, form.query, form.dropped) == ("kb-bill", "abc1234", "factura", ())


def test_bad_references_never_lose_a_case():
    """An article, revision or locale that nobody knows is dropped and noted."""
    form = case_form({**CASE, "locale": "xx", "article": "../../etc/passwd", "revision": "zzz"}, KNOWN)

    assert (form.locale, form.article, form.revision, form.dropped) == ("", None, None, ("locale", "article", "revision"))
    assert case_form({**CASE, "article": "kb-bill", "revision": "zzz"}, KNOWN).dropped == ("revision",)


def test_all_mistakes_at_once():
    """Blank, too long, no address, unknown field and value, numbers and lists."""
    bad = {"subject": " ", "body": "x" * 20_001, "email": "nobody", "name": ["a"], "type": "rant", "priority": "urgent", "query": 7}

    assert complaints(case_form, bad) == {
        "name": "not_text",
        "priority": "unknown_field",
        "query": "not_text",
        "subject": "required",
        "body": "too_long",
        "email": "bad_address",
        "type": "unknown_value",
    }


def test_complaints_carry_what_fills_them():
    """The limit, and the values that would be taken."""
    with pytest.raises(FormError) as caught:
        case_form({**CASE, "subject": "x" * 201, "type": "rant"}, KNOWN)

    assert caught.value.complaints == {
        "subject": Complaint("too_long", 200),
        "type": Complaint("unknown_value", allowed=("question", "problem", "complaint", "request")),
    }


def test_a_vote():
    """The old id counts on the new one; without reason and comment it is a vote all the same."""
    form = rating_form({**RATING, "article": "kb-old", "reason": "", "comment": "👎", "voter": "v" * 22}, KNOWN)

    assert (form.article, form.helpful, form.reason, form.comment) == ("kb-bill", False, None, "👎")
    assert rating_form({**RATING, "helpful": "yes", "reason": "wrong"}, KNOWN).helpful


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"helpful": "maybe"}, {"helpful": "unknown_value"}),
        ({"helpful": ""}, {"helpful": "required"}),
        ({"reason": "boring"}, {"reason": "unknown_value"}),
        ({"comment": "x" * 1001}, {"comment": "too_long"}),
        ({"comment": "a\ud800"}, {"comment": "broken_characters"}),
        ({"voter": "me"}, {"voter": "bad_value"}),
        ({"voter": "v" * 21 + "\n"}, {}),
        ({"email": "x"}, {"email": "bad_address"}),
        ({"article": "kb-none"}, {"article": "unknown_article"}),
        ({"article": ""}, {"article": "unknown_article"}),
        ({"locale": "xx"}, {"locale": "unknown_locale"}),
        ({"revision": "zzz"}, {"revision": "unknown_revision"}),
        ({"x" * 99 + "\ud800": "1"}, {"x" * 50: "unknown_field"}),
    ],
)
def test_votes_that_are_none(change, wrong):
    """A wrong field is 422; a thing that does not exist is 404."""
    if not wrong:
        assert rating_form({**RATING, **change}, KNOWN)
        return
    with pytest.raises(FormError) as caught:
        rating_form({**RATING, **change}, KNOWN)

    assert {name: complaint.reason for name, complaint in caught.value.complaints.items()} == wrong
    assert caught.value.missing == any(reason in {"unknown_article", "unknown_locale", "unknown_revision"} for reason in wrong.values())


def test_a_public_question():
    """It needs words and an article."""
    assert question_form({"article": "kb-bill", "locale": "ca", "text": "I si pago a terminis?"}, KNOWN).text == "I si pago a terminis?"
    assert complaints(question_form, {"article": "kb-bill", "locale": "ca", "text": "?"}) == {"text": "required"}


def test_reasons_are_those_that_were_agreed():
    """The portal offers the same."""
    assert REASONS == ("incomplete", "wrong", "unclear", "broken", "other")


@given(
    st.dictionaries(
        st.sampled_from(["subject", "body", "email", "locale", "article", "type", "x"]),
        st.one_of(st.text(max_size=30), st.none(), st.integers()),
    )
)
@settings(max_examples=60)
def test_any_form_is_taken_or_refused(fields):
    """No form raises anything but a list of complaints, each about a field that was sent or is asked for."""
    wrong: set[str] = set()
    try:
        case_form(fields, KNOWN)
    except FormError as error:
        wrong = set(error.complaints)

    assert wrong <= {*fields, "subject", "body", "email"}
