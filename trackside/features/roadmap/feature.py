"""The roadmap: milestones, how far they are, and when they are due."""

from pathlib import Path

from trackside.features.roadmap import hooks, views
from trackside.features.roadmap.model import PERMISSIONS, ROADMAP_VIEW, MilestoneSettings, RoadmapSettings
from trackside.features.ticket.model import MILESTONE_VIEW
from trackside.kernel.feature import Feature, Route

_HERE = Path(__file__).parent

feature = Feature(
    name="roadmap",
    components=("trac.ticket.roadmap.RoadmapModule", "trac.ticket.roadmap.MilestoneModule"),
    settings=(MilestoneSettings, RoadmapSettings),
    permissions=PERMISSIONS,
    realms=hooks.REALMS,
    routes=(
        Route("/roadmap", views.index, ROADMAP_VIEW),
        Route("/milestone", views.to_roadmap, None),
        Route("/milestone/<path:name>", views.show, MILESTONE_VIEW),
    ),
    navigation=hooks.NAVIGATION,
    links=hooks.LINKS,
    timeline=hooks.TIMELINE,
    search=hooks.SEARCH,
    templates=_HERE / "templates",
    static=_HERE / "static",
)
