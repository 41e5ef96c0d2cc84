"""Templates escape what they show, and hold no script of their own, and style only with the nonce."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import ROOT, expect_none, plant

RULES = (
    (re.compile(r"\|\s*safe\b"), "marked safe"),
    (re.compile(r"{%-?\s*autoescape\b"), "autoescape changed"),
    (re.compile(r"\bMarkup\("), "markup made in a template"),
    (re.compile(r"<style\b(?! nonce=\"{{ csp_nonce }}\">)", re.I), "style block without the nonce"),
    (re.compile(r"""<[a-z][^<>]*\sstyle\s*=""", re.I), "style attribute"),
    (re.compile(r"""<[a-z][^<>]*\son[a-z]+\s*=""", re.I), "script attribute"),
    (re.compile(r"javascript:", re.I), "script address"),
    (
        re.compile(r"""<[a-z][^<>]*\s(?:href|src|action|formaction)\s*=\s*{{""", re.I),
        "address without quotes",
    ),
    (re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype=\"application/json\")", re.I), "inline script"),
    (re.compile(r"<script\b[^>]*\bsrc\s*=[^>]*>\s*[^<\s]", re.I), "script with a body"),
)
_UNSEEN = re.compile(r"{#.*?#}|{%(?!-?\s*autoescape).*?%}", re.S)


def wrong_templates(root: Path) -> list[str]:
    found = []
    for path in sorted((root / "trackside").rglob("templates/**/*")):
        if path.is_file():
            text = _UNSEEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), path.read_text(encoding="utf-8"))
            for pattern, what in RULES:
                for match in pattern.finditer(text):
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(f"{path.relative_to(root)}:{line}: {what}")
    return found


def test_it_works() -> None:
    expect_none(wrong_templates(ROOT))


def test_each_rule_finds_its_breach(tmp_path: Path) -> None:
    breaches = [
        ("{{ text | safe }}", "marked safe"),
        ("{% autoescape false %}", "autoescape changed"),
        ("{{ Markup(text) }}", "markup made in a template"),
        ("<style>b {}</style>", "style block without the nonce"),
        ('<b class="a"\n style="color: red">', "style attribute"),
        ('<b onclick="go()">', "script attribute"),
        ('<a href="javascript:go()">', "script address"),
        ("<a href={{ address }}>", "address without quotes"),
        ("<script>go()</script>", "inline script"),
        ('<script src="a.js">go()</script>', "script with a body"),
    ]
    for number, (text, _) in enumerate(breaches):
        plant(tmp_path, f"trackside/web/templates/{number}.html", f"<p>\n{text}\n")
    expected = [f"trackside/web/templates/{n}.html:2: {what}" for n, (_, what) in enumerate(breaches)]
    assert wrong_templates(tmp_path) == expected


def test_a_common_template_passes(tmp_path: Path) -> None:
    text = (
        '<a href="{{ href() }}" class="on">{# <b onclick=""> #}{{ one }}</a>'
        '<option value="a"{% if style == "a" %} selected{% endif %}>'
        '<script src="a.js" nonce="{{ nonce }}" defer></script>'
        '<input name="style" value="on"> {{ "on=off" }} <p>style = good, once = enough</p>'
    )
    plant(tmp_path, "trackside/web/templates/a.html", text)
    assert wrong_templates(tmp_path) == []
