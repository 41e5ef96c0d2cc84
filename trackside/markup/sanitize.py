"""HTML and attributes that authors wrote, reduced to what can do no harm."""

from __future__ import annotations

import logging
import re
from typing import Final

from trackside.markup.nodes import Parameters
from trackside.markup.syntax import Syntax


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ELEMENTS: Final = words(
    """
    a abbr acronym address area b big blockquote br button caption center cite code col colgroup dd del
    dfn dir div dl dt em fieldset font form h1 h2 h3 h4 h5 h6 hr i img input ins kbd label legend li map
    menu ol optgroup option p pre q s samp select small span strike strong sub sup table tbody td
    textarea tfoot th thead tr tt u ul var
    """
)
ATTRIBUTES: Final = words(
    """
    abbr accept accept-charset accesskey action align alt axis bgcolor border cellpadding cellspacing
    char charoff charset checked cite class clear cols colspan color compact coords datetime dir
    disabled enctype for frame headers height href hreflang hspace id ismap label lang longdesc
    maxlength media method multiple name nohref noshade nowrap prompt readonly rel rev rows rowspan
    rules scope selected shape size span src start style summary tabindex target title type usemap
    valign value vspace width
    """
)
BOOLEAN: Final = words(
    """
    checked compact disabled hidden ismap multiple nohref noshade nowrap readonly selected
    """
)
_URLS: Final = frozenset(
    {"action", "background", "cite", "dynsrc", "href", "longdesc", "lowsrc", "src", "usemap"}
)
# What vanishes with all that is in it. Other elements that are not allowed lose their tags only.
_DROPPED: Final = (
    words(
        """
    script style iframe object embed applet frame frameset noframes noscript template svg math head
    title base basefont bdo canvas audio video source track param picture portal dialog details summary
    data datalist meter progress output slot keygen menuitem isindex listing plaintext xmp article aside
    footer header hgroup main nav section figure figcaption mark ruby rb rt rp rtc time wbr bdi marquee
    blink bgsound layer ilayer nobr link meta
    """
    )
    - ELEMENTS
)
_PROPERTIES: Final = words(
    """
    background background-attachment background-color background-image background-position
    background-repeat border border-bottom border-bottom-color border-bottom-style
    border-bottom-left-radius border-bottom-right-radius border-bottom-width border-collapse
    border-color border-left border-left-color border-left-style border-left-width border-radius
    border-right border-right-color border-right-style border-right-width border-spacing border-style
    border-top border-top-color border-top-left-radius border-top-right-radius border-top-style
    border-top-width border-width bottom caption-side clear clip color content counter-increment
    counter-reset cursor direction display empty-cells float font font-family font-size font-style
    font-variant font-weight height left letter-spacing line-height list-style list-style-image
    list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top
    max-height max-width min-height min-width opacity orphans outline outline-color outline-style
    outline-width overflow padding padding-bottom padding-left padding-right padding-top
    page-break-after page-break-before page-break-inside position quotes right table-layout text-align
    text-decoration text-indent text-transform top unicode-bidi vertical-align visibility white-space
    widows width word-spacing z-index
    """
)
_CSS_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\([^\r\n\f0-9a-fA-F])|\\(?:\r\n|[\r\n\f])")
_CSS_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_URL: Final = re.compile(r"[Uu][Rr\u0280][Ll\u029f]\s*\(([^)]*)", re.IGNORECASE)
_EXPRESSION: Final = re.compile(
    r"[eE\uff25\uff45][xX\uff38\uff58][pP\uff30\uff50][rR\u0280\uff32\uff52][eE\uff25\uff45]"
    r"[sS\uff33\uff53]{2}[iI\u026a\uff29\uff49][oO\uff2f\uff4f][nN\u0274\uff2e\uff4e]"
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_log: Final = logging.getLogger(__name__)


def clean_html(html: str, syntax: Syntax) -> str | None:
    """The harmless part of a fragment of HTML, balanced; None where no sanitiser can be had."""
    if syntax.settings.render_unsafe_content:
        return html
    try:
        # PyO3 modules refuse to load in a second interpreter of one process, as mod_wsgi may have it;
        # imported here, the rest of the wiki works there, with its HTML blocks shown as text.
        import nh3
    except ImportError:
        _log.warning("nh3 cannot be loaded here: HTML in texts is shown as text")
        return None

    def keep(element: str, attribute: str, value: str) -> str | None:
        return clean_value(syntax, attribute, value)

    return nh3.clean(
        html,
        tags=set(ELEMENTS),
        clean_content_tags=set(_DROPPED),
        attributes={"*": set(ATTRIBUTES)},
        attribute_filter=keep,
        url_schemes=set(syntax.settings.safe_schemes),
        link_rel=None,
    )


def attributes(parameters: Parameters, syntax: Syntax) -> list[tuple[str, str]]:
    """Parameters of a block as attributes of its element, sorted."""
    found = []
    for name, given in parameters:
        value = _written(name, given)
        if value is None:
            continue
        if syntax.settings.render_unsafe_content:
            found.append((name, value))
        elif name in ATTRIBUTES and (kept := clean_value(syntax, name, value)) is not None:
            found.append((name, kept))
    return sorted(found)


def _written(name: str, value: str | bool) -> str | None:
    if isinstance(value, str):
        return value
    if name in BOOLEAN:
        return name if value else None
    return str(value)


def clean_value(syntax: Syntax, attribute: str, value: str) -> str | None:
    """The value of an allowed attribute, or None where it could do harm."""
    if attribute == "style":
        return clean_style(syntax, value) or None
    if attribute in _URLS and not is_safe_url(syntax, value):
        return None
    if attribute == "type" and value.strip().lower() == "password":
        return None
    return value


def is_safe_url(syntax: Syntax, url: str) -> bool:
    head = url.split("#", 1)[0]
    if ":" not in head:
        return True
    scheme = "".join(sign for sign in head.split(":", 1)[0] if sign.isalnum()).lower()
    return scheme in syntax.settings.safe_schemes


def clean_style(syntax: Syntax, style: str) -> str:
    """The declarations that are allowed, joined anew."""
    text = _CSS_COMMENT.sub(" ", _CSS_ESCAPE.sub(_css_sign, style))
    kept = (_declaration(syntax, part) for part in text.split(";"))
    return "; ".join(part for part in kept if part)


def _css_sign(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2] or ""
    code = int(match[1], 16)
    sign = chr(code) if code <= 0x10FFFF else " "
    return " " if _CONTROL.match(sign) or sign == "\\" else sign


def _declaration(syntax: Syntax, text: str) -> str:
    name, colon, value = (part.strip() for part in _CONTROL.sub(" ", text).partition(":"))
    name = name.lower()
    if not colon or name not in _PROPERTIES or _EXPRESSION.search(text):
        return ""
    if name == "position" and value.lower() != "static":
        return ""
    if name.startswith("margin") and "-" in value:
        return ""
    urls = (match[1].strip(" \"'") for match in _CSS_URL.finditer(text))
    if not all(is_safe_url(syntax, url) and is_safe_origin(syntax, url) for url in urls):
        return ""
    return _CONTROL.sub(" ", text).strip()


def is_safe_origin(syntax: Syntax, url: str) -> bool:
    """Whether an image may be fetched from there with what the browser knows of us."""
    if ":" not in url and not url.startswith("//"):
        return True
    if url.count("/") == 2 and "://" in url:
        url += "/"
    return any(_is_below(url, origin) for origin in syntax.settings.safe_origins)


def _is_below(url: str, origin: str) -> bool:
    if origin in ("*", url):
        return True
    if origin.endswith(":"):
        return url.startswith(origin)
    return url.startswith(origin if origin.endswith("/") else origin + "/")
