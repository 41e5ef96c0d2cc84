"""The timeline: what happened in the project."""

from pathlib import Path

from trackside.features.timeline import hooks, views
from trackside.features.timeline.model import TIMELINE_VIEW, TimelineSettings
from trackside.kernel.feature import Feature, Route

_HERE = Path(__file__).parent

feature = Feature(
    name="timeline",
    components=("trac.timeline.web_ui.TimelineModule",),
    settings=(TimelineSettings,),
    permissions=(TIMELINE_VIEW,),
    routes=(Route("/timeline", views.index, TIMELINE_VIEW),),
    navigation=hooks.NAVIGATION,
    links=hooks.LINKS,
    templates=_HERE / "templates",
    static=_HERE / "static",
)
