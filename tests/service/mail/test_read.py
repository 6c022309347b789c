"""Mail as it comes: whatever it is, it is read as far as it goes, and says what could not be read."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.mail.post import letter

from feedback_service.mail.files import MOST_FILE_BYTES
from feedback_service.mail.hypertext import text_of_html
from feedback_service.mail.mime import MOST_BYTES
from feedback_service.mail.quotes import cut_quote
from feedback_service.mail.read import LONGEST_TEXT, line_of, read_mail, tidy

PATIENCE = 20.0  # seconds of our own work for the worst; a square would take hours


def parts(*each: bytes, kind: str = "mixed") -> bytes:
    """Write a mail of parts, each with its headers."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in each) + b"--b--\r\n"
    return letter("", Content_Type=f'multipart/{kind}; boundary="b"').removesuffix(b"\r\n") + body


def part(text: bytes, kind: str = "text/plain; charset=utf-8", **more: str) -> bytes:
    """Write one part."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {"Content-Type": kind, **more}.items())
    return head.encode() + b"\r\n" + text


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    """Write a part that is a file."""
    shown = {"Content_Disposition": f"attachment; {name}", "Content_Transfer_Encoding": "base64"}
    return part(base64.encodebytes(content), kind, **shown)


def test_a_plain_mail():
    """Who, to whom, what about, what, and which mails it answers."""
    mail = read_mail(letter("Hola,\r\n\r\nadéu.", In_Reply_To="<b@x>", References="<a@x> <b@x>", Cc="Ana <ana@example.org>"))

    assert (mail.sender, mail.sender_name, mail.subject) == ("joan@example.org", "Joan Mas", "My parcel")
    assert mail.text == "Hola,\n\nadéu."
    assert mail.to == ("support@help.example", "ana@example.org")
    assert (mail.message_id, mail.named) == ("<first@example.org>", ("<b@x>", "<a@x>"))
    assert mail.troubles == mail.files == ()


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Què passa? 您好 سلام"),
        ("iso-8859-1", "Què passa amb l'enviament?"),
        ("windows-1252", "“Què” – 5 €"),
        ("iso-8859-2", "şi ţara"),
        ("iso-8859-16", "și țara"),
        ("windows-1256", "سلام، بسته نرسيد"),
        ("big5", "您好，包裹沒有到"),
        ("big5-hkscs", "您好，包裹喺邊"),
        ("gb2312", "您好，包裹没有到"),
        ("utf-16", "您好"),
    ],
)
def test_charsets(charset, text):
    """What customers' programs write is read as they wrote it, without a complaint."""
    mail = read_mail(letter("", Content_Type=f"text/plain; charset={charset}").removesuffix(b"\r\n") + text.encode(charset))

    assert mail.text == text
    assert mail.troubles == ()


@pytest.mark.parametrize("charset", ["x-evil", "rot13", "punycode", "idna", "undefined", "unicode_escape", "utf-7", "zlib", "", "a" * 500])
def test_unknown_charsets_are_tried_as_text(charset):
    """A charset that is none, or a codec of Python's that is none, is named as trouble; UTF-8 is read all the same."""
    mail = read_mail(letter("Què passa?", Content_Type=f'text/plain; charset="{charset}"'))

    assert mail.text == "Què passa?"
    assert mail.troubles == (("charset",) if charset else ())


def test_the_best_of_several_ways_is_read():
    """Plain text before HTML; HTML where the plain text is empty; the files of all ways."""
    html = part(b"<p>Hello <b>you</b></p>", "text/html")

    assert read_mail(parts(part(b"Hello"), html, kind="alternative")).text == "Hello"
    assert read_mail(parts(part(b" \r\n"), html, kind="alternative")).text == "Hello you"

    related = (
        parts(html, attached("filename=a.png", b"\x89PNG\r\n\x1a\n1"), kind="related").partition(b"\r\n\r\n")[2].replace(b"--b", b"--c")
    )
    nested = read_mail(parts(part(b"Hello"), part(related, 'multipart/related; boundary="c"'), kind="alternative"))

    assert (nested.text, [file.name for file in nested.files]) == ("Hello", ["a.png"])


def test_encodings_of_bodies():
    """Quoted-printable and base64, with a letter cut over two lines."""
    assert read_mail(letter("Qu=C3=\r\n=A8 passa=3F", Content_Transfer_Encoding="quoted-printable")).text == "Què passa?"
    assert read_mail(letter("UXXD\r\nqA==", Content_Transfer_Encoding="BASE64 ")).text == "Què"


def test_html_becomes_text():
    """S30: readable text; scripts, styles and hidden parts are gone, nothing is loaded, quotes have their signs."""
    page = """<html><head><title>x</title><style>p{}</style></head><body onload=x()>
    <div style="display:none">preheader</div><p>Bon dia,</p><p>el <a href="https://shop.example/c/1?a=1&amp;b=2">paquet</a>
    no&nbsp;ha <a href="https://shop.example">https://shop.example</a> <a href="javascript:alert(1)">arribat</a>.<br>Gràcies</p>
    <ul><li>un<li>dos</ul><script>alert("</p>")</script><img src="https://tracker.example/x.gif"><img src="cid:1" alt="factura">
    <blockquote>abans<blockquote>més</blockquote></blockquote><!-- <p>comentari</p> --></body></html>"""
    text, whole = text_of_html(page, 10_000)

    assert whole
    assert text.splitlines() == [
        "Bon dia,",
        "",
        "el paquet (https://shop.example/c/1?a=1&b=2) no ha https://shop.example arribat.",
        "Gràcies",
        "",
        "- un",
        "- dos",
        "[factura]",
        "> abans",
        ">> més",
    ]


def test_megabytes_of_style_hide_no_text():
    """S30: what stands behind 5 MB of style is read, and soon."""
    start = time.process_time()
    mail = read_mail(letter("<style>" + "p { color: red } " * 300_000 + "</style><p>Hello", Content_Type="text/html"))

    assert mail.text == "Hello"
    assert time.process_time() - start < PATIENCE


@pytest.mark.parametrize(
    "body",
    [
        '<a "', '<a ="', "<style></style ", "<!--", "<![", "<p>", "<blockquote>x", '<div style="display:none">x', "&#x", "&", "<", "</", "é", "\u0301",
        "<pre>\n", '<a href="https://x.example/">', "<table><tr><td>", "\n", "> ", "On 1:00 wrote:\n", "begin 644 x\n", "From: a\nTo: b\nSent: c\n> ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_time_grows_with_the_length_alone(body, kind):
    """T31: megabytes of anything repeated are read in seconds."""
    raw = letter(body * (MOST_BYTES // 4 // len(body.encode())), Content_Type=f"{kind}; charset=utf-8")
    start = time.process_time()
    mail = read_mail(raw)
    cut_quote(mail.text)

    assert time.process_time() - start < PATIENCE
    assert len(mail.text) <= LONGEST_TEXT


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (b"", "empty"),
        (b"\r\n\r\n  \r\n", "empty"),
        (letter("x", Content_Type='multipart/mixed; boundary="zzz"'), "no_boundary"),
        (letter("x", Content_Type="multipart/mixed"), "no_boundary"),
        (letter("--b\r\n\r\nhello", Content_Type="multipart/mixed; boundary=b"), "cut_off"),
        (letter("!!!%%%", Content_Transfer_Encoding="base64"), "base64"),
        (letter("x", Content_Transfer_Encoding="x-evil"), "encoding"),
        (letter("x", Content_Type="text/plain; charset=x-evil"), "charset"),
        (letter("begin 644 x.txt\r\n#0V%T\r\n`\r\nend"), "uuencode"),
        (letter("x", Content_Transfer_Encoding="x-uuencode"), "uuencode"),
        (letter("<style>p{} no end", Content_Type="text/html"), "html"),
        (parts(part(b"hello"), attached("filename=winmail.dat", b"x\x9f>\x22rest", "application/ms-tnef")), "winmail"),
        (letter("x", Content_Type="application/pkcs7-mime; name=smime.p7m"), "encrypted"),
        (letter("word " * 50_000), "shortened"),
        (letter("x", X_Long="y" * 70_000), "headers_too_long"),
        (letter("x\r\n" * (MOST_BYTES // 3 + 10)), "too_large"),
        (parts(*[part(b"x")] * 10_000), "too_many_parts"),
    ],
)
def test_what_cannot_be_read_says_so(raw, trouble):
    """S29, S31: nothing raises, and each trouble has its name."""
    assert trouble in read_mail(raw).troubles


def test_a_thousand_parts_inside_each_other():
    """S29: the walk ends at its depth; what stands beside it is read."""
    deep = part(b"bottom")
    for number in range(1000):
        deep = part(f"--n{number}\r\n".encode() + deep + f"\r\n--n{number}--".encode(), f"multipart/mixed; boundary=n{number}")
    mail = read_mail(parts(part(b"on top"), deep))

    assert mail.text == "on top"
    assert mail.troubles == ("too_deep",)


@pytest.mark.parametrize(
    ("named", "content", "name", "refusal"),
    [
        ('filename="x.pdf.exe"', b"MZ90", "x.pdf.exe", "type"),
        ('filename="x.pdf.exe"', b"%PDF-1.7", "x.pdf.exe.pdf", ""),
        ("filename*=utf-8''%E2%80%8B.htaccess", b"deny", "htaccess.txt", ""),
        ('filename="../../a"', b"text", "a.txt", ""),
        ('filename="..\\\\..\\\\windows\\\\a.txt"', b"text", "a.txt", ""),
        ('filename="CON"', b"text", "_CON.txt", ""),
        ('filename="con.txt"', b"text", "_con.txt", ""),
        ("filename*=utf-8''" + "%C3%A9" * 255, b"text", "é" * 88 + ".txt", ""),
        ("x=y", b"text", "file.txt", ""),
        ('filename="a.zip"', b"PK\x03\x04" + b"\0" * 100, "a.zip", "type"),
        ('filename="a.png"', b"<svg onload=x()>", "a.png", "type"),
        ('filename="a.jpg"', b"\xff\xd8\xff\xe0<script>", "a.jpg", ""),
        ('filename="a.txt"', b"  <!DOCTYPE html><script>", "a.txt", "type"),
        ("filename*=utf-8''a%E2%80%AEgpj.exe", b"\x89PNG\r\n\x1a\n", "agpj.exe.png", ""),
        ('filename="big.txt"', b"a" * (MOST_FILE_BYTES + 1), "big.txt", "size"),
        ('filename*0="Factura "; filename*1*=utf-8\'\'de%20m; filename*2="arc.pdf"', b"%PDF-1.7", "Factura utf-8''de marc.pdf", ""),
        ('filename="=?utf-8?q?factur=C4=83.pdf?="', b"%PDF-1.7", "factură.pdf", ""),
    ],
)
def test_attachments(named, content, name, refusal):
    """S32: a name is no path, no device and hides nothing; the type is that of the bytes, and only a few types are kept."""
    (file,) = read_mail(parts(part(b"hello"), attached(named, content))).files

    assert (file.name, file.refusal) == (name, refusal)
    assert file.content == (b"" if refusal else content)
    assert file.size == len(content)


def test_three_files_are_kept():
    """What comes after the third file is named, and not kept."""
    mail = read_mail(parts(part(b"hello"), *[attached(f"filename={number}.txt", b"text") for number in range(5)]))

    assert [file.refusal for file in mail.files] == ["", "", "", "number", "number"]


@pytest.mark.parametrize("date", ["Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 31 Dec 2099 23:59:59 +0000", "yesterday"])
def test_dates_of_others_do_not_count(date):
    """S31: a mail has no date of its own for us."""
    assert not hasattr(read_mail(letter(Date=date)), "at")


@given(st.binary(max_size=2_000))
@settings(max_examples=200)
def test_any_bytes_are_a_mail(raw):
    """Nothing raises, and what comes out can be stored: no control characters, no halves of letters, one line where one is meant."""
    mail = read_mail(raw)

    for text in (mail.text, mail.subject, mail.sender_name):
        text.encode()
        assert not any(sign < " " and sign != "\n" for sign in text.replace("\t", ""))
    assert "\n" not in mail.subject + mail.sender_name + mail.sender


@given(st.recursive(st.binary(max_size=30).map(part), lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda each: part(b"".join(b"--b\r\n" + one + b"\r\n" for one in each) + b"--b--", "multipart/mixed; boundary=b")), max_leaves=20))  # fmt: skip
@settings(max_examples=100)
def test_any_tree_of_parts_is_read(raw):
    """Trees whose parts share a boundary, as hostile ones do, are walked to an end."""
    read_mail(b"From: joan@example.org\r\n" + raw)


@given(st.text(max_size=300), st.integers(1, 50))
def test_tidy_texts_fit(text, limit):
    """A tidied text is within its limit, and tidying it again changes nothing."""
    once = tidy(text, limit)

    assert len(once) <= limit
    assert tidy(once, limit) == once
    assert len(line_of(text, limit)) <= limit
    assert "\n" not in line_of(text, limit)
