"""The list: which features this product is made of, in the order they are asked."""

from __future__ import annotations

from trackside.features.attachment.feature import feature as attachment
from trackside.features.people.feature import feature as people
from trackside.features.report.feature import feature as report
from trackside.features.roadmap.feature import feature as roadmap
from trackside.features.roadmap.feature import milestones
from trackside.features.search.feature import feature as search
from trackside.features.ticket.feature import feature as ticket
from trackside.features.timeline.feature import feature as timeline
from trackside.features.wiki.feature import feature as wiki
from trackside.hosting.upkeep import feature as upkeep
from trackside.kernel.feature import Feature

FEATURES: tuple[Feature, ...] = (
    wiki,
    ticket,
    attachment,
    people,
    roadmap,
    milestones,
    report,
    timeline,
    search,
    upkeep,
)
