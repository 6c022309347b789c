"""What browsers load: smaller than what is written, and the same."""

from __future__ import annotations

import pytest
from theme_views import default_theme

from kbgen.theme import bundle


@pytest.mark.parametrize(
    ("text", "served"),
    [
        ("a { color: red ; }\n/* x */ b > c{ margin: 0 1px }", "a{color:red}b>c{margin:0 1px}"),
        ('a::before { content: "/* no comment */  {" }', 'a::before{content:"/* no comment */  {"}'),
        ("a :hover { width: calc(1px + 2px) }", "a :hover{width:calc(1px + 2px)}"),
        ("@media (min-width: 1rem) { a { x: y } }", "@media (min-width:1rem){a{x:y}}"),
    ],
)
def test_stylesheets_lose_only_space(text: str, served: str) -> None:
    """Comments and needless space go; strings, descendant pseudo-classes and sums stay."""
    assert bundle.stylesheet([text]).decode() == served


def test_scripts_of_every_page_import_nothing() -> None:
    """A part's script that imports, or exports a second name, is refused with its file."""
    for text in ("import x from './y.mjs';\nexport default x;", "export const a = 1;\nexport default a;", "const a = 1;"):
        with pytest.raises(bundle.BundleError) as caught:
            bundle.script({"kb-x": ("parts/x/x.mjs", text)}, "")

        assert caught.value.name == "parts/x/x.mjs"


def test_rings_of_modules_are_refused() -> None:
    """Two modules that import each other cannot be named by their content."""
    with pytest.raises(bundle.BundleError, match="ring"):
        bundle.modules({"a/a.mjs": "import './b.mjs';", "a/b.mjs": "import './a.mjs';"})


def test_no_script_has_a_template_literal_over_several_lines() -> None:
    """Indentation is taken out of scripts line by line, which is only safe while no text spans lines."""
    for name, text in default_theme().texts.items():
        if name.endswith((".mjs", ".js")):
            lines = [line.split("//")[0] for line in text.split("\n") if not line.lstrip().startswith("*")]
            assert all(line.count("`") % 2 == 0 for line in lines), name
