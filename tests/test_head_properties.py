"""Front matter: what holds for every text that anybody could type."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import frontmatter
from hypothesis import given, settings
from hypothesis import strategies as st

from kbgen import head, plain
from kbgen.marked import Findings
from kbgen.marked.yaml import FrontMatterHandler, read_yaml
from kbgen.model import Captions, Head, Problem, Reference, Review, Translation, Video

PATH = "content/en/account/reset-password.md"

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Me", "Co", "Cn")), min_size=1, max_size=20
).map(lambda text: " ".join(text.split()))
SAID = WORDS.filter(bool)
FILES = st.from_regex(r"[a-z]{1,8}/[a-z]{1,8}\.webm", fullmatch=True)
IDS = st.from_regex(r"[a-z]{3,10}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
HEADS = st.builds(
    Head,
    id=IDS,
    title=SAID,
    description=SAID,
    kind=st.sampled_from(["guide", "faq", "video", "reply"]),
    status=st.sampled_from(["draft", "published", "archived"]),
    tags=st.lists(SAID, max_size=4).map(tuple),
    keywords=st.lists(SAID, max_size=4).map(tuple),
    owner=WORDS,
    review=st.builds(Review, every=st.integers(0, 120), risk=st.sampled_from(["low", "normal", "high"])),
    sources=st.lists(st.builds(Reference, title=SAID, url=st.just("https://example.org/x")), max_size=2).map(tuple),
    related=st.lists(IDS, max_size=3).map(tuple),
    translation=st.builds(Translation, source_blob=st.sampled_from(["", "5f3c9d1a"])),
    video=st.none()
    | st.builds(
        Video,
        src=FILES,
        captions=st.lists(st.builds(Captions, locale=st.just("fa"), src=FILES), max_size=2).map(tuple),
        duration=st.integers(0, 9),
    ),
    order=st.integers(-(2**31), 2**31),
    featured=st.booleans(),
)

# Pieces from which much that is nearly YAML can be put together.
PIECES = st.sampled_from(
    [
        *("title id tags review every aliases publish_at : - [ ] { } , &a *a !!x ! | > ' \" # ? << % @ ... --- \\ ：".split()),
        *("۱ no 1.10 2026-02-30 {{ 0x1 null /a/ 3mo é 標".split()),
        *(": ", "- ", "? ", "\n", "\n  ", "\t", "\u202e", "\u2028", "\x85", "\ufeff"),
    ]
)


def placed(problems: tuple[Problem, ...], text: str, first_line: int) -> None:
    """Check that problems can be shown: a rule, words, a remedy, and a place within the text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert problem.rule in head.RULES
        assert problem.message
        assert problem.remedy
        assert "\n" not in problem.message + problem.remedy + problem.source
        assert 0 <= problem.line <= len(lines) + first_line
        if problem.line and problem.column and problem.line >= first_line:
            line = lines[problem.line - first_line]
            assert problem.column <= len(line) + 1
            assert problem.column + problem.width <= len(line) + 2


@given(st.binary(max_size=400))
def test_any_bytes_are_cut_or_refused(data: bytes) -> None:
    """`split` never raises, and says something whenever it gives nothing."""
    parts, problems = head.split(data, PATH)

    assert parts is not None or problems
    for problem in problems:
        assert problem.rule in head.RULES
        assert problem.remedy


@given(st.text(max_size=300), st.sampled_from(["\n", "\r\n"]))
def test_what_is_cut_can_be_put_together(text: str, end: str) -> None:
    """Front matter and body are the whole file, and the body's line is where it says."""
    data = f"---{end}id: a{end}---{end}{text}".encode("utf-8", "replace")
    parts, _ = head.split(data, PATH)
    if parts is None:
        return
    whole = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")

    assert whole == f"---\n{parts.front}---\n{parts.body}"
    assert whole.split("\n")[parts.body_line - 1 :] == parts.body.split("\n")


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(front: str) -> None:
    """`read` never raises; what it refuses it explains, at a place within the text."""
    found, problems = head.read(front, PATH)

    assert found is not None or problems
    placed(problems, front, 2)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=600)
def test_text_that_is_nearly_yaml_is_read_or_refused(front: str) -> None:
    """Broken YAML ends in problems with a place, never in an exception."""
    found, problems = head.read(front, PATH)

    assert found is not None or any(problem.severity == "error" for problem in problems)
    placed(problems, front, 2)


@given(HEADS)
def test_every_head_is_remembered(one: Head) -> None:
    """`from_plain` undoes `to_plain`, also through JSON."""
    record = json.loads(json.dumps(head.to_plain(one), ensure_ascii=False))

    assert head.from_plain(record) == one
    assert plain.store(head.from_plain(record)) == record


@given(HEADS)
@settings(max_examples=60)
def test_what_is_written_is_read(one: Head) -> None:
    """A head that python-frontmatter writes with our handler is read back, but for what is typed in another form."""
    record = head.to_plain(one)
    review = record.get("review", {})
    if isinstance(review, dict) and "every" in review:
        review["every"] = f"{review['every']}mo"
    post = frontmatter.Post("Text.", **record)
    data = frontmatter.dumps(post, handler=FrontMatterHandler()).encode()
    parts, problems = head.split(data, PATH)
    assert problems == ()
    assert parts is not None
    found, problems = head.read(parts.front, PATH)
    told = {problem.rule for problem in problems}

    assert found is not None or told
    if found is not None:
        assert found.id == one.id
        assert found.video == one.video
        assert found.order == one.order
    assert told <= {"KB119"}


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 - the zone is the other argument
def test_times_are_the_same_moment(moment: datetime, minutes: int) -> None:
    """A time in any zone is stored as the same moment in UTC."""
    sign, rest = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{moment.replace(microsecond=0).isoformat()}{sign}{rest // 60:02}:{rest % 60:02}"
    found, problems = head.read(f"id: abc\ntitle: t\ndescription: d\npublish_at: {text}\n", PATH)

    assert problems == ()
    assert found is not None
    assert datetime.fromisoformat(found.publish_at) == datetime.fromisoformat(text)
    assert datetime.fromisoformat(found.publish_at).utcoffset() == timedelta(0)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_slug_is_one_name(name: str) -> None:
    """Whatever is accepted as a slug is one visible name without signs that mean something in a path or a URL."""
    quoted = name.replace("'", "''").replace("\n", " ")
    found, _ = head.read(f"id: abc\ntitle: t\ndescription: d\nslug: '{quoted}'\n", PATH)
    if found is None or not found.slug:
        return

    assert not set(found.slug) & set("/\\:?#%*|<>\"' \t\u202e\u200b")
    assert found.slug not in {".", ".."}
    assert len(found.slug) <= 80


@given(st.lists(PIECES, max_size=30).map("".join))
def test_marked_values_stand_where_they_say(front: str) -> None:
    """The place of an unquoted text holds that text."""
    findings = Findings(PATH, front, 2)
    marked = read_yaml(front, findings)
    if marked is None:
        return
    lines = front.split("\n")
    for loc, span in marked.keys.items():
        line = lines[span.line - 1]
        assert 1 <= span.column <= len(line) + 1
        key = str(loc[-1])
        if key and key.isalnum():
            assert line[span.column - 1 :].lstrip("'\"?! ").startswith(key[: span.width])
