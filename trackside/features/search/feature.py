"""Search: find things by words, or go to the one that is named."""

from pathlib import Path

from trackside.features.search import hooks, views
from trackside.features.search.model import SEARCH_VIEW, SearchSettings
from trackside.kernel.feature import Feature, Route

_HERE = Path(__file__).parent

feature = Feature(
    name="search",
    components=("trac.search.web_ui.SearchModule",),
    settings=(SearchSettings,),
    permissions=(SEARCH_VIEW,),
    routes=(
        Route("/search", views.index, SEARCH_VIEW),
        Route("/search/opensearch", views.opensearch, SEARCH_VIEW),
    ),
    navigation=hooks.NAVIGATION,
    links=hooks.LINKS,
    templates=_HERE / "templates",
    static=_HERE / "static",
)
