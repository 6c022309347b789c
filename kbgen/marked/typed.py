"""
Marked values -> frozen dataclasses, all problems at once.

pydantic judges types and limits (it reads the `annotated_types` beside the fields); what is around it here turns its verdicts into the
words of a writer: the place, what is wrong, what to type.  pydantic is loaded when the first text is checked.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from kbgen.marked import Findings, Loc, Marked, ascii_form
from kbgen.plain import bare, defaults, hints, is_texts

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
WORD = 60  # characters of a misspelt word that are compared

Check = Callable[[Any, Loc, Marked, Findings], Any]  # a value as written and its place -> the value in its one form


@dataclass(frozen=True, slots=True)
class Wording:
    """How a kind of file speaks of its fields."""

    unknown: str  # the rules for an unknown key, a wrong value, a missing one
    value: str
    missing: str
    help: Mapping[str, tuple[str, str]]  # "review.every" -> what it means, an example of right text; "*" stands for any name or number
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # names that other programs use -> what to do here


def check(kind: type[T], marked: Marked, findings: Findings, wording: Wording) -> T | None:
    """
    Make a dataclass of a tree that a person wrote.

    Args:
        kind: The dataclass.
        marked: A tree whose top is a dict.
        findings: Gets every problem, not only the first.
        wording: The rules' names and the examples.

    Returns: The value; None when there is an error.
    """
    before = findings.errors
    tree = _fit(marked.value, kind, (), _Pass(marked, findings, wording))
    from pydantic import ValidationError  # noqa: PLC0415 - 0.1 s that a build without a changed head never pays

    try:
        dataclass: Any = kind
        value: T = _adapter(dataclass).validate_json(json.dumps(tree, default=str), strict=True)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            _explain(one, marked, findings, wording)
        return None
    return None if findings.errors > before else value


def apply(checks: Mapping[str, Check], marked: Marked, findings: Findings) -> None:
    """
    Run checks over the values that paths name, "sources.*.url", and put what they return in their places.

    Values that are missing, null or empty are not shown to a check.
    """
    for path, check_one in checks.items():
        for node, loc in list(_named(marked.value, path.split("."), ())):
            if node[loc[-1]] is not None and node[loc[-1]] != "":
                node[loc[-1]] = check_one(node[loc[-1]], loc, marked, findings)


def _named(node: Any, names: list[str], loc: Loc) -> Iterator[tuple[Any, Loc]]:  # noqa: ANN401 - a plain tree
    """Find the lists and tables that hold what a path names, each with the way to it."""
    keys: list[Any] = [names[0]] if isinstance(node, dict) and names[0] in node else []
    if names[0] == "*" and isinstance(node, list | dict):
        keys = list(range(len(node))) if isinstance(node, list) else list(node)
    for key in keys:
        if len(names) > 1:
            yield from _named(node[key], names[1:], (*loc, key))
        else:
            yield node, (*loc, key)


def near(word: str, names: Mapping[str, Any] | list[str]) -> str:
    """Return the known name that *word* most likely stands for, or ""."""
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    found = get_close_matches(word[:WORD].lower().replace("-", "_"), list(names), 1, 0.6)
    return found[0] if found else ""


def name_of(loc: Loc) -> str:
    """Name a value for people: "review.every", "sources, item 2, url"."""
    name = ""
    for part in loc:
        if isinstance(part, int):
            name += f", item {part + 1}"
        else:
            name += f"{', ' if ', item' in name else '.'}{part}" if name else part
    return name


def example(loc: Loc, wording: Wording) -> str:
    """Return an example of right text for a value, or ""."""
    return (_help(loc, wording) or ("", ""))[1]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a dataclass
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(kind)


@dataclass(frozen=True, slots=True)
class _Pass:
    marked: Marked
    findings: Findings
    wording: Wording


def _fit(value: Any, hint: Any, loc: Loc, run: _Pass) -> Any:  # noqa: ANN401 - plain values, type hints
    """Lead plain values towards their types: unknown keys are noted and go, unquoted text is read as text where text is due."""
    kind = bare(hint)
    if isinstance(value, dict):
        if dataclasses.is_dataclass(kind):
            return _fit_fields(value, kind, loc, run)
        if get_origin(kind) is dict:
            return {key: _fit(item, get_args(kind)[1], (*loc, key), run) for key, item in value.items()}
        return value
    if isinstance(value, list) and get_origin(kind) is tuple:
        return [_fit(item, get_args(kind)[0], (*loc, number), run) for number, item in enumerate(value)]
    if get_origin(kind) is dict and isinstance(value, str) and is_texts(hint):
        return {"*": value}
    if value is not None and kind is str:
        return run.marked.texts.get(loc, value)
    return value


def _fit_fields(record: dict[str, Any], kind: Any, loc: Loc, run: _Pass) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    known, types = defaults(kind), hints(kind)
    fitted = {}
    for key, value in record.items():
        below = (*loc, key)
        if key not in known:
            _unknown(key, below, known, run)
        elif value is None and below in run.marked.texts and known[key] is not dataclasses.MISSING:
            continue  # `owner:` with nothing behind it means the default
        else:
            fitted[key] = _fit(value, types[key], below, run)
    return fitted


def _unknown(key: str, loc: Loc, known: Mapping[str, Any], run: _Pass) -> None:
    guess = near(key, known)
    remedy = run.wording.elsewhere.get(key) if len(loc) == 1 else None
    if remedy is None:
        remedy = f"Did you mean {guess}?" if guess else f"Remove it; known here: {', '.join(sorted(known))}"
    run.findings.add(run.marked.at(loc, key=True), run.wording.unknown, f"{name_of(loc) or 'an empty key'} is not known", remedy)


def _help(loc: Loc, wording: Wording) -> tuple[str, str] | None:
    """Find the help for a value; names of tables and numbers of items are written as *."""
    if not loc:
        return None
    names = [str(part) if isinstance(part, str) else "*" for part in loc]
    for path in (names, [*names[:-1], "*"], [names[0], "*", *names[2:]]):
        found = wording.help.get(".".join(path))
        if found:
            return found
    return _help(loc[:-1], wording) if isinstance(loc[-1], int) else None


def _explain(error: Any, marked: Marked, findings: Findings, wording: Wording) -> None:  # noqa: ANN401 - pydantic's ErrorDetails
    """Turn one of pydantic's verdicts into a finding."""
    loc: Loc = tuple(error["loc"])
    found = marked.at(loc)
    shown = loc[:-1] if loc and loc[-1] == "*" else loc
    name, right = name_of(shown), example(shown, wording)
    remedy = f"Write  {right}" if right else "kbgen schema  says what it may hold"
    if error["type"] == "missing":
        findings.add(marked.at(loc[:-1], key=True), wording.missing, f"{name} is missing", f"Add  {right}" if right else f"Add {name}")
        return
    given = error["input"]
    if given is None or given == "":
        findings.add(marked.at(loc, key=True), wording.missing if len(loc) == 1 else wording.value, f"{name} is empty", remedy)
        return
    message, hint = _verdict(error, given)
    findings.add(found, wording.value, f"{name} {message}", hint or remedy)


def _verdict(error: Any, given: Any) -> tuple[str, str]:  # noqa: ANN401 - pydantic's ErrorDetails, a plain value
    """Return what is wrong with a value, and a remedy when a better one than the example is known."""
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        words = [word.strip("' ") for word in facts["expected"].replace(" or ", ", ").split(",")]
        guess = near(str(given), words)
        choice = f"Write one of: {', '.join(words)}"
        return "is not one of the known words", f"Did you mean {guess}? {choice}" if guess else choice
    if kind == "string_type":
        return f"has to be text, not {_kind(given)}", "" if isinstance(given, list | dict) else f'Put it in quotes:  "{given}"'
    if kind in {"int_type", "int_from_float", "int_parsing", "float_type", "float_parsing"}:
        plain = ascii_form(given) if isinstance(given, str) else ""
        return "has to be a number", f"Write  {plain}  without quotes" if plain.lstrip("-").isdecimal() else ""
    if kind == "bool_type":
        return "has to be true or false", "Write  true  or  false , without quotes"
    if kind == "tuple_type":
        return f"has to be a list, not {_kind(given)}", f"Write  [{given}]" if isinstance(given, str | int | float) else ""
    if kind in {"dict_type", "dataclass_type", "dataclass_exact_type"}:
        return f"has to be a table of keys and values, not {_kind(given)}", ""
    if kind == "string_too_long":
        limit = facts["max_length"]
        return f"has {len(given)} characters; the limit is {limit}", f"Shorten it by {len(given) - limit}"
    if kind == "too_long":
        return f"has {facts['actual_length']} items; the limit is {facts['max_length']}", "Remove the least useful ones"
    if kind in {"greater_than_equal", "greater_than"}:
        return f"has to be at least {facts.get('ge', facts.get('gt'))}", ""
    if kind in {"less_than_equal", "less_than"}:
        return f"can be at most {facts.get('le', facts.get('lt'))}", ""
    return f"is not right: {error['msg'][:1].lower()}{error['msg'][1:]}", ""


def _kind(value: Any) -> str:  # noqa: ANN401 - a plain value
    names = {list: "a list", dict: "a table", bool: "true or false", int: "a number", float: "a number", str: "text"}
    return names.get(type(value), "nothing")
