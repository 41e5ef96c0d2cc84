"""Reports: stored SQL and stored queries."""

from pathlib import Path

from trackside.features.report import hooks, views
from trackside.features.report.model import (
    PERMISSIONS,
    REPORT_CREATE,
    REPORT_DELETE,
    REPORT_MODIFY,
    REPORT_VIEW,
    ReportSettings,
)
from trackside.kernel.feature import Feature, Route

_HERE = Path(__file__).parent

feature = Feature(
    name="report",
    components=("trac.ticket.report.ReportModule",),
    settings=(ReportSettings,),
    permissions=PERMISSIONS,
    realms=hooks.REALMS,
    routes=(
        Route("/report", views.new, REPORT_CREATE, when="action=new"),
        Route("/report", views.index, REPORT_VIEW),
        Route("/report", views.create, REPORT_CREATE, methods=("POST",), when="action=new"),
        Route("/report/<int:id>", views.edit, REPORT_MODIFY, when="action=edit"),
        Route("/report/<int:id>", views.new, REPORT_CREATE, when="action=copy"),
        Route("/report/<int:id>", views.confirm_delete, REPORT_DELETE, when="action=delete"),
        Route("/report/<int:id>", views.show, REPORT_VIEW),
        Route("/report/<int:id>", views.update, REPORT_MODIFY, methods=("POST",), when="action=edit"),
        Route("/report/<int:id>", views.delete, REPORT_DELETE, methods=("POST",), when="action=delete"),
    ),
    links=hooks.LINKS,
    shorthands=hooks.SHORTHANDS,
    templates=_HERE / "templates",
    static=_HERE / "static",
)
