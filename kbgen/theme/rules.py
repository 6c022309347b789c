"""What can be wrong with a theme: one paragraph a rule, for `kbgen explain`."""

from __future__ import annotations

RULES = {
    "KB905": "A words file or theme.toml is not TOML, or a word is neither text nor a table of plural forms.",
    "KB906": "The theme has no words for a locale, so its pages show English ones. Put words/<locale>.toml into the theme's folder.",
    "KB907": "An attribute's value in a template is not in quotes. Escaping keeps a value inside quotes; without them a title such as "
    "`x onmouseover=...` becomes an attribute of its own.",
    "KB908": "A colour under [theme] is not one: write #0a6b5c, rgb(), hsl(), oklch(), a colour's name or light-dark(light, dark).",
    "KB909": "A word, a colour or a file of the site's own theme that nothing asks for. Most are misspelt, and would silently change "
    "nothing: names are those of the default theme, or of templates of your own.",
    "KB912": "The folder of the theme does not exist. `[theme] name` names a folder under themes/, `overrides` one beside kbgen.toml.",
    "KB913": "A template names another by an expression. Names must be written out, because a page is rendered again exactly when one "
    "of the templates that it may use changes.",
    "KB914": "A template, script or stylesheet names a file that no folder of the theme has. Files outside the theme cannot be named.",
}
