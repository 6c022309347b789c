"""Bad input beyond the table: what a stranger tried on top of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bad_inputs.tools import article, command, refused, told

Make = Callable[..., Path]
FILE = "content/en/account/pair-a-lamp.md"


def test_a_line_of_kbignore_that_is_no_pattern(site_factory: Make) -> None:
    """It is told with its line, and the other lines still hold."""
    root = site_factory({FILE: article(), "content/en/a.bak": "x", ".kbignore": "# ours\n!\n*.bak\n"})
    built = refused(root, slip=False)

    told(built, ".kbignore", "KB144", 2)
    assert not built.of("content/en/a.bak")


def test_settings_nested_too_deep(site_factory: Make) -> None:
    """Twenty thousand brackets in kbgen.toml are a problem of that file, whichever door reads it first."""
    root = site_factory({FILE: article(), "kbgen.toml": "a = " + "[" * 20_000 + "]" * 20_000})
    shown = command(root, "build")

    assert shown.exit_code == 1
    assert "nested too deep" in shown.output
    assert "mistake in kbgen" not in shown.output


def test_why_of_what_is_no_address(site_factory: Make) -> None:
    """An address that no browser would take has no page; that is said as of any other page."""
    root = site_factory({FILE: article()})
    shown = command(root, "why", "http://[::1")

    assert shown.exit_code == 2
    assert "has no page" in shown.output
