"""What people give to others: the entries of the personal bar."""

from __future__ import annotations

from trackside.kernel.feature import Navigation
from trackside.kernel.i18n import N_
from trackside.kernel.work import Work


def _login(work: Work) -> str | None:
    return None if work.actor.is_authenticated else work.href("login")


def _logout(work: Work) -> str | None:
    return work.href("logout") if work.actor.is_authenticated else None


def _preferences(work: Work) -> str | None:
    return work.href("prefs")


NAVIGATION = (
    Navigation("metanav", "login", N_("Sign in"), _login, 1.0),
    Navigation("metanav", "logout", N_("Sign out"), _logout, 2.0),
    Navigation("metanav", "prefs", N_("Preferences"), _preferences, 3.0),
)
