"""
Tabs that work without script.

pymdown-extensions makes tabs of radio buttons, which no sanitiser should let through and which hide text from print and from search in
the page.  Here every tab is shown, one below the other, each under its title; the theme's script may turn `kb-tabs` into real tabs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from markdown import Markdown


class _PlainTabs(Treeprocessor):
    def run(self, root: Element) -> None:
        for group in root.iter("div"):
            if group.get("class") == "tabbed-set":
                _rebuild(group)


def _rebuild(group: Element) -> None:
    """Turn (input, label, content) ... into sections with titles."""
    parts = [child for child in group if child.tag in {"label", "div"}]
    for child in list(group):
        group.remove(child)
    group.attrib.clear()
    group.set("class", "kb-tabs")
    for label, content in zip(parts[::2], parts[1::2], strict=False):
        label.tag = "p"
        label.attrib.clear()
        label.set("class", "kb-tab-title")
        tab = SubElement(group, "div", {"class": "kb-tab"})
        tab.append(label)
        if content.text and content.text.strip():
            SubElement(tab, "p").text = content.text
        tab.extend(list(content))


class PlainTabsExtension(Extension):
    """Rebuilds the tabs of pymdownx.tabbed after inline rules (20), before line ends are set (10)."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Register."""
        md.treeprocessors.register(_PlainTabs(md), "kb-tabs", 12)
