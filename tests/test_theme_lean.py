"""Scripts as they are served do what the written ones do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from theme_views import default_theme

from kbgen.theme import bundle
from kbgen.theme.lean import bare, lean
from kbgen.theme.tokens import read

# Each leaves something in `out`; `name` and `status` are names that a browser knows by themselves.
PROGRAMS = (
    "const long = 1; const other = 2; out = { long, other, sum: long + other, [`k${long}`]: other };",
    "const f = ({ first, second: { third = 3 }, ...others }, [x, , y = x] = [1, 2]) => [first, third, others, x, y]; out = f({ first: 1, second: {}, z: 9 });",
    "function outer(value) { const inner = (value) => value * 2; return inner(value) + inner(value + 1) } out = outer(3)",
    "globalThis.name = 'free'; const f = (name) => name + 1\nout = [f(1), name]",
    "globalThis.status = 'free'; for (const status of [1, 2]) out = [...(out ?? []), status]\nout.push(status)",
    "let total = 0; for (let at = 0, end = 3; at < end; at += 1) if (at % 2) total += at; else total += 10; out = total;",
    "const text = 'x'; out = `a${`b${text}`}c${{ text }.text}d\n  e \\` ${text.replace(/[`/\"]/g, (all) => all)}`;",
    "const size = 4; out = size / 2 / 1 + 'a/b'.split(/\\//).length; if (size) /x/.test('x') || (out = 0);",
    "const box = { get size() { return this.held }, set size(value) { this.held = value }, held: 1, async wait() {}, 'quoted key': 2 }; box.size = 7; out = [box.size, Object.keys(box)];",
    "class Box { held = 1; static made = 0; #secret = 5; open(value) { return this.#secret + value } } out = [new Box().open(2), new Box().held];",
    "outer: for (const one of [1, 2]) { for (const two of [1, 2]) { if (two === 2) continue outer; out = [one, two] } }",
    "const read = () => { try { return missing } catch { return 'none' } finally { out = 1 } }; out = [read(), out];",
    "try { throw new Error('told') } catch ({ message }) { out = message }",
    "const make = function named(depth) { return depth ? named(depth - 1) : 'end' }; out = make(3);",
    "let i = 1\nlet j = i\n++j\nout = [i, j]",
    "const f = () => {\n  return\n  1\n}\nout = [f(), typeof f]",
    "const wide = 1 + +1 - -1; const dots = 1..toString() + 1.5.toFixed(1); out = [wide, dots];",
    "const key = 'a', table = { key: 1, [key]: 2 }, { key: renamed, a = 0 } = table; out = { renamed, a, key };",
    "const pick = (x) => ({ x, y: x ? { x } : null }); out = pick(2);",
    "let a = 1; let b = 2; [a, b] = [b, a]; ({ a, b } = { a: b, b: a }); out = [a, b];",
    "const of = [1], get = 2, set = 3, async = 4; for (const one of of) out = { get, set, async, one };",
    "switch (2) { case 1: { out = 1; break } default: { const out2 = 5; out = { out2 } } }",
    "if (true) { const early = 1; out = early } else { const early = 2; out = early }\nconst early = 3; out = [out, early]",
    "const deep = { one: { two: { three: 1 } } }; out = deep?.one?.['two'].three ?? deep; out += deep.missing?.one ? 1 : 2",
    "const list = [1, , 3,]; const call = (...all) => all.length; out = [list.length, call(1, 2,), 1 in list];",
    "while (!(out > 2)) out = (out ?? 0) + 1; do { out -= 1 } while (out > 1)",
    "const of = { default: 1 }\nconst got = of.default\nof.default = 2\nout = [got, of.default]",
    "var old = 1; { var old = 2 } out = old",
    "const a1 = (b1) => { function c1() { return b1 } return c1 }, d1 = a1(5)(); out = d1",
)


def result_of(programs: list[str]) -> list[str]:
    """Run programs in Node.js; returns what each leaves in `out`."""
    node = shutil.which("node")
    assert node, "No Node.js. Run ./dev test, which installs it: a skip would hide that it is missing"
    run = (
        "const texts = JSON.parse(await new Response(process.stdin).text());"
        "const run = (text) => JSON.stringify(new Function('let out;' + text + '\\n;return out')());"
        "process.stdout.write(JSON.stringify(texts.map(run)));"
    )
    done = subprocess.run([node, "--input-type=module", "-e", run], input=json.dumps(programs).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_short_programs_do_the_same() -> None:
    """Shadowed names, patterns, templates, regular expressions, labels, classes and lines without semicolons keep their meaning."""
    small = [lean(f"let out;{one}\nexport {{ out }};").replace("\n", "\n") for one in PROGRAMS]
    runs = [re.sub(r"export\{(\w+)(?: as out)?\};?\s*$", r";return \1", one) for one in small]
    assert all(run != one for run, one in zip(runs, small, strict=True))

    assert [json.loads(one) for one in result_of([f"out = (() => {{{run}}})()" for run in runs])] == [
        json.loads(one) for one in result_of(list(PROGRAMS))
    ]


@pytest.mark.parametrize(
    ("script", "served"),
    [
        (
            "const first = (value) => value;\nexport function load(url) {\n  return first(url); // why\n}\n",
            "const a=b=>b;export function load(b){return a(b)}",
        ),
        ('import { mark } from "./query.mjs";\nmark();', 'import{mark as a}from"./query.mjs";a();'),
        ("globalThis.x = eval('y');\nconst y = 1;", "globalThis.x=eval('y');const y=1;"),
        ("// a comment\nconst broken = `\n", "const broken = `\n"),
    ],
)
def test_what_is_served(script: str, served: str) -> None:
    """Exported names stay; what `eval` may read stays; what cannot be read loses only comments and indentation."""
    assert lean(script) == served


def test_scripts_of_the_theme_lose_a_fifth_and_no_word() -> None:
    """Every script of the theme is understood, and but for the names of its own it consists of the same words."""
    for name, text in default_theme().texts.items():
        if not name.endswith((".mjs", ".js")):
            continue
        served = lean(text)
        strings = [one for one, kind in zip(read(text).texts, read(text).kinds, strict=True) if kind in {"text", "regex"}]

        assert "  " not in re.sub(r"[\"'`/].*?[\"'`/]", "", served), name
        assert [one for one, kind in zip(read(served).texts, read(served).kinds, strict=True) if kind in {"text", "regex"}] == strings
        assert len(served) < len(bare(text)) * 0.95, name


def test_a_script_becomes_part_of_the_one_that_imports_it(tmp_path: Path) -> None:
    """What theme.toml does not list stands within its importer; names that both have stay apart."""
    texts = {"a/main.mjs": 'import { twice as two, kept } from "./part.mjs";\nconst inner = 1;\nexport const told = [two(inner), kept];\n'}
    parts = {
        "a/part.mjs": "const inner = 10;\nexport function twice(value) {\n  return inner * value * 2;\n}\nexport const kept = inner;\n"
    }
    (asset,) = bundle.modules(texts, parts).values()
    (tmp_path / "main.mjs").write_bytes(asset.data)
    run = f"import {{ told }} from {json.dumps((tmp_path / 'main.mjs').as_uri())}; process.stdout.write(JSON.stringify(told))"
    done = subprocess.run(["node", "--input-type=module", "-e", run], capture_output=True, check=True)

    assert json.loads(done.stdout) == [20, 10]
    with pytest.raises(bundle.BundleError, match="does not export kept"):
        bundle.modules(texts, {"a/part.mjs": "export const twice = 1;"})
    with pytest.raises(bundle.BundleError, match="imports nothing"):
        bundle.modules(texts, {"a/part.mjs": 'import "./other.mjs";\nexport const kept = 1;'})
