"""What is held back: suspended mail and public questions, decided on at the desk."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from feedback_service.store import held, mailbox, tables


def tree(answer) -> LexborHTMLParser:
    """Parse a page."""
    return LexborHTMLParser(answer.text)


LETTER = (
    "From: Rosa <rosa@example.org>\r\nTo: help@example.org\r\nSubject: My invoice\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere it is.\r\n--b\r\n'
    'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename="factura-març.txt"\r\n\r\nAmount: 12\r\n--b--\r\n'
)


def test_a_suspended_mail_is_read_and_let_in_with_its_file(bureau):
    """What it says stands on the page; let through it is a case, whose file is saved and never shown."""
    mail = mailbox.Suspended("k1", "flood", bureau.now, "rosa@example.org", "My invoice", LETTER.encode())
    bureau.store.write(mailbox.suspend, mail)
    page = tree(bureau.ask("GET", "/desk/held?kind=mail"))
    assert page.css_first(".card .said").text() == "Here it is."
    assert bureau.ask("POST", "/desk/held/mail-k1", data={"act": "release"}).status_code == 303
    assert bureau.ask("POST", "/desk/held/mail-k1", data={"act": "release"}).status_code == 404
    found = tree(bureau.ask("GET", "/desk/?view=all&q=invoice&sort=newest")).css_first("#rows .what a").attributes["href"]
    link = tree(bureau.ask("GET", found)).css_first(".files a").attributes["href"]
    answer = bureau.ask("GET", link)

    assert answer.content.strip() == b"Amount: 12"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_public_question_goes_out_with_its_answer(bureau):
    """Whoever lets a question through writes the answer; without one, and on words that have changed, nothing happens."""
    thing = {"article": "kb-hub", "locale": "en", "text": "Which cable?", "name": "Ann"}
    one = bureau.store.write(held.hold, "question", (), thing, bureau.now)
    post = {"act": "release", "digest": one.digest}
    assert bureau.ask("POST", f"/desk/held/{one.id}", data={**post, "answer": " "}).status_code == 422
    assert bureau.ask("POST", f"/desk/held/{one.id}", data={**post, "digest": "other", "answer": "The long one."}).status_code == 409
    assert bureau.ask("POST", f"/desk/held/{one.id}", data={**post, "answer": "The long one."}).status_code == 303

    assert bureau.store.read(lambda tx: tx.all(select(tables.answers)))[0]["answer"] == "The long one."
