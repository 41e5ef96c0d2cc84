"""Wiki: what this feature is made of."""

from __future__ import annotations

from pathlib import Path

from trackside.features.wiki import hooks, views
from trackside.features.wiki.macros import MACROS
from trackside.features.wiki.model import (
    PERMISSIONS,
    WIKI_ADMIN,
    WIKI_CREATE,
    WIKI_DELETE,
    WIKI_RENAME,
    WIKI_VIEW,
    WikiSettings,
)
from trackside.features.wiki.policies import DefaultWikiPolicy, ReadonlyWikiPolicy
from trackside.kernel.feature import Feature, Route
from trackside.markup.settings import WikiMarkupSettings

_PATHS = ("/wiki", "/wiki/<path:page>")
_HERE = Path(__file__).parent

feature = Feature(
    name="wiki",
    components=("trac.wiki.web_ui.WikiModule",),
    settings=(WikiSettings, WikiMarkupSettings),
    permissions=PERMISSIONS,
    policies=(DefaultWikiPolicy, ReadonlyWikiPolicy),
    realms=(hooks.REALM,),
    routes=(
        *(Route(path, views.edit, WIKI_CREATE, when="action=edit") for path in _PATHS),
        *(Route(path, views.history, WIKI_VIEW, when="action=history") for path in _PATHS),
        *(Route(path, views.compare, WIKI_VIEW, when="action=diff") for path in _PATHS),
        *(Route(path, views.confirm_delete, WIKI_DELETE, when="action=delete") for path in _PATHS),
        *(Route(path, views.confirm_rename, WIKI_RENAME, when="action=rename") for path in _PATHS),
        *(Route(path, views.comment_form, WIKI_ADMIN, when="action=edit_comment") for path in _PATHS),
        *(Route(path, views.show, WIKI_VIEW) for path in _PATHS),
        *(Route(path, views.choose_diff, WIKI_VIEW, ("POST",), "action=diff", "read") for path in _PATHS),
        *(Route(path, views.change_comment, WIKI_ADMIN, ("POST",), "action=edit_comment") for path in _PATHS),
        *(Route(path, views.delete, WIKI_DELETE, ("POST",), when="action=delete") for path in _PATHS),
        *(Route(path, views.rename, WIKI_RENAME, ("POST",), when="action=rename") for path in _PATHS),
        *(Route(path, views.cancel, WIKI_VIEW, ("POST",), when="cancel", mode="read") for path in _PATHS),
        *(Route(path, views.preview, WIKI_CREATE, ("POST",), when="preview", mode="read") for path in _PATHS),
        *(Route(path, views.review, WIKI_CREATE, ("POST",), when="diff", mode="read") for path in _PATHS),
        *(Route(path, views.save, WIKI_CREATE, ("POST",), when="action=edit") for path in _PATHS),
        Route("/wiki_render", views.render_text, None, ("POST",), mode="read"),
    ),
    navigation=hooks.NAVIGATION,
    links=hooks.LINKS,
    shorthands=hooks.SHORTHANDS,
    macros=MACROS,
    timeline=(hooks.TIMELINE,),
    search=(hooks.SEARCH,),
    templates=_HERE / "templates",
)
