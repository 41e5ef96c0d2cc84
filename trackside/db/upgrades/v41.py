"""41: the order of the menus is said by numbers."""

from __future__ import annotations

from trackside.db.upgrades.step import Step

_STOCK = {
    "mainnav": ("wiki", "timeline", "roadmap", "browser", "tickets", "newticket", "search", "admin"),
    "metanav": ("login", "logout", "prefs", "help", "about"),
}


def data(step: Step) -> None:
    settings = step.settings
    settings.keep_copy(".db41.bak")
    for menu, stock in _STOCK.items():
        items = [item.strip() for item in settings.get("trac", menu).split(",") if item.strip()]
        for position, item in enumerate(items or stock, 1):
            option = f"{item}.order"
            if items or not settings.has(menu, option):
                settings.set(menu, option, f"{position:.1f}")
        settings.remove("trac", menu)
