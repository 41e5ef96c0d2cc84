"""The roadmap and the milestones on it; a site may switch off the one and keep the other."""

from pathlib import Path

from trackside.features.roadmap import edit_views, hooks, views
from trackside.features.roadmap.model import PERMISSIONS, ROADMAP_VIEW, MilestoneSettings, RoadmapSettings
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    MILESTONE_VIEW,
)
from trackside.kernel.feature import Feature, Route

_HERE = Path(__file__).parent
_ONE = "/milestone/<path:name>"

feature = Feature(
    name="roadmap",
    components=("trac.ticket.roadmap.RoadmapModule",),
    settings=(RoadmapSettings,),
    routes=(Route("/roadmap", views.index, ROADMAP_VIEW),),
    navigation=hooks.NAVIGATION,
    templates=_HERE / "templates",
    static=_HERE / "static",
)

milestones = Feature(
    name="milestone",
    components=("trac.ticket.roadmap.MilestoneModule",),
    settings=(MilestoneSettings,),
    permissions=PERMISSIONS,
    realms=hooks.REALMS,
    routes=(
        Route("/milestone", edit_views.new, MILESTONE_CREATE, when="action=new"),
        Route("/milestone", views.to_roadmap, None),
        Route("/milestone", edit_views.create, MILESTONE_CREATE, methods=("POST",), when="action=new"),
        Route(_ONE, edit_views.edit, MILESTONE_VIEW, when="action=edit"),
        Route(_ONE, edit_views.new, MILESTONE_CREATE, when="action=new"),
        Route(_ONE, edit_views.confirm_delete, MILESTONE_DELETE, when="action=delete"),
        Route(_ONE, views.show, MILESTONE_VIEW),
        Route(_ONE, edit_views.update, MILESTONE_MODIFY, methods=("POST",), when="action=edit"),
        Route(_ONE, edit_views.delete, MILESTONE_DELETE, methods=("POST",), when="action=delete"),
    ),
    links=hooks.LINKS,
    timeline=hooks.TIMELINE,
    search=hooks.SEARCH,
    templates=_HERE / "templates",
    static=_HERE / "static",
)
