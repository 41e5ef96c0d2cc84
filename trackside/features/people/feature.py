"""People: what this feature is made of."""

from __future__ import annotations

from pathlib import Path

from trackside.features.people import cli, hooks, views
from trackside.features.people.model import PERMISSIONS
from trackside.features.people.policies import DefaultPermissionPolicy
from trackside.kernel.feature import Feature, Route

feature = Feature(
    name="people",
    permissions=PERMISSIONS,
    policies=(DefaultPermissionPolicy,),
    routes=(
        # Somebody whom the web server vouches for comes by GET, as in Trac, and leaves with a cookie.
        Route("/login", views.login, None, methods=("GET",), mode="write"),
        Route("/logout", views.logged_out, None),
        Route("/logout", views.logout, None, methods=("POST",)),
        Route("/prefs", views.preferences, None),
        Route("/prefs", views.change_preferences, None, methods=("POST",)),
        Route("/prefs/<panel>", views.show_panel, None),
        Route("/prefs/<panel>", views.change_preferences, None, methods=("POST",)),
    ),
    navigation=hooks.NAVIGATION,
    commands=cli.COMMANDS,
    templates=Path(__file__).parent / "templates",
)
