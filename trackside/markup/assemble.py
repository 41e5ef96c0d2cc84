"""The wiki language of a project, put together from its features and its trac.ini."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trackside.kernel.config import Config
from trackside.kernel.feature import Feature, Shorthand
from trackside.kernel.settings import build
from trackside.kernel.work import Work
from trackside.markup.builtin import MACROS, SCHEMES
from trackside.markup.interwiki import InterWiki, read_intertrac, read_section
from trackside.markup.mime import mime_types
from trackside.markup.settings import MimeSettings, WikiMarkupSettings
from trackside.markup.syntax import FOREIGN, UNUSED, Foreign, Syntax, compile_shapes

InterMap = Callable[[Work], Mapping[str, InterWiki]]


def assemble_syntax(features: Sequence[Feature], config: Config, interwiki: InterMap | None = None) -> Syntax:
    """The wiki language of a project.

    `interwiki` gives the entries of the page InterMapTxt by upper-cased prefix.
    """
    sites, aliases = read_intertrac(config)
    own = read_section(config.items("interwiki"))
    contributed = [shorthand for feature in features for shorthand in feature.shorthands]
    links = (*SCHEMES, *(scheme for feature in features for scheme in feature.links))
    schemes = {name: scheme for scheme in links for name in scheme.names}
    unused = () if "changeset" in schemes else (UNUSED,)
    shorthands = _ordered([*contributed, *FOREIGN, *unused])
    macros = (*MACROS, *(macro for feature in features for macro in feature.macros))
    return Syntax(
        schemes=schemes,
        shorthands=shorthands,
        macros={macro.name: macro for macro in macros},
        intertrac=sites,
        aliases=aliases,
        interwiki=_merged(interwiki, own),
        mime=mime_types(build(MimeSettings, config)),
        settings=build(WikiMarkupSettings, config),
        site=config.get("project", "url"),
        shapes=compile_shapes(shorthands),
    )


def _ordered(shorthands: list[Shorthand | Foreign]) -> tuple[Shorthand | Foreign, ...]:
    return tuple(sorted(shorthands, key=lambda shorthand: shorthand.order))


def _merged(page: InterMap | None, own: Mapping[str, InterWiki]) -> InterMap:
    """The map of the page, overruled by that of trac.ini."""
    if page is None:
        return lambda work: own
    if not own:
        return page
    return lambda work: {**page(work), **own}
