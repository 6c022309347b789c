"""
Frozen dataclasses <-> plain values that JSON can hold, without a check and without pydantic.

For what was checked before it was remembered: `restore` trusts its argument.  What has the default value is left out, so a row on
the shelf stays short and a new field with a default can read old rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

# Text for each locale; "*" is for those that are not named.  People may write one text instead of a table.
Texts = Annotated[dict[str, str], "texts"]

_ATOMS = frozenset({str, int, bool, float, type(None)})


def store(value: Any) -> Any:  # noqa: ANN401 - any plain value
    """
    Turn a dataclass, and all in it, into dicts and lists.

    Returns: A dict without the fields that have their default; tuples become lists; other values stay as they are.
    """
    kind = type(value)
    if dataclasses.is_dataclass(kind):
        get, known = _fields(kind)
        items = zip(known, get(value), strict=True)
        return {name: item if type(item) in _ATOMS else store(item) for (name, default), item in items if item != default}
    if isinstance(value, tuple | list):
        return [item if type(item) in _ATOMS else store(item) for item in value]
    if isinstance(value, Mapping):
        return {key: store(item) for key, item in value.items()}
    return value


def restore(kind: type[T], record: Mapping[str, Any]) -> T:
    """
    Make a dataclass from what `store` returned.

    Args:
        kind: The dataclass; nested ones are found by its type hints.
        record: What `store` made, perhaps after a trip through JSON.

    Raises: TypeError: *record* does not belong to this class; callers treat it as forgotten.
    """
    dataclass: Any = kind
    makers = _makers(dataclass)
    return kind(**{name: makers[name](item) if name in makers else item for name, item in record.items()})


@cache
def _fields(kind: Any) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[str, Any], ...]]:  # noqa: ANN401 - a dataclass
    """Return what takes all the fields of a value at once, and their names with their defaults."""
    known = tuple(defaults(kind).items())
    names = [name for name, _ in known]
    return (attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)), known


@cache
def hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    """Return the type hints of a dataclass, constraints included."""
    return get_type_hints(kind, include_extras=True)


@cache
def defaults(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    """Return the fields of a dataclass with their defaults; `dataclasses.MISSING` for those that have to be given."""
    found = {}
    for field in dataclasses.fields(kind):
        made = field.default_factory
        found[field.name] = field.default if made is dataclasses.MISSING else made()
    return found


@cache
def bare(hint: Any) -> Any:  # noqa: ANN401 - a type hint
    """Take constraints and `| None` off a type hint."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in {Union, UnionType}:
        return bare(next(arg for arg in get_args(hint) if arg is not type(None)))
    return hint


def is_texts(hint: Any) -> bool:  # noqa: ANN401 - a type hint
    """Say whether a field holds text for each locale."""
    return get_origin(hint) is Annotated and "texts" in get_args(hint)[1:]


@cache
def _makers(kind: Any) -> dict[str, Callable[[Any], Any]]:  # noqa: ANN401 - a dataclass
    """Return how to restore the fields whose plain form differs from their value."""
    found = {name: _maker(bare(hint)) for name, hint in hints(kind).items()}
    return {name: make for name, make in found.items() if make is not None}


def _maker(hint: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - a type hint
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return lambda item: None if item is None else restore(hint, item)
    if get_origin(hint) is tuple:
        make = _maker(bare(get_args(hint)[0]))
        return tuple if make is None else lambda items: tuple(map(make, items))
    if get_origin(hint) is dict:
        make_value = _maker(bare(get_args(hint)[1]))
        return None if make_value is None else lambda items: {key: make_value(item) for key, item in items.items()}
    return None
