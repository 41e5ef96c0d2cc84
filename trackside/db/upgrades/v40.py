"""40: who is always notified becomes a list of rules."""

from __future__ import annotations

from trackside.db.upgrades.step import Step

_SECTION = "notification-subscriber"
_RULES = (
    ("always_notify_owner", False, (("always_notify_owner", "TicketOwnerSubscriber"),)),
    ("always_notify_reporter", False, (("always_notify_reporter", "TicketReporterSubscriber"),)),
    (
        "always_notify_updater",
        True,
        (
            ("always_notify_updater", "TicketUpdaterSubscriber"),
            ("always_notify_previous_updater", "TicketPreviousUpdatersSubscriber"),
        ),
    ),
)


def data(step: Step) -> None:
    settings = step.settings
    if settings.items(_SECTION):
        return
    settings.keep_copy(".db40.bak")
    settings.set(_SECTION, "always_notify_cc", "CarbonCopySubscriber")
    for option, default, rules in _RULES:
        if settings.is_true("notification", option, default):
            for rule, subscriber in rules:
                settings.set(_SECTION, rule, subscriber)
        settings.remove("notification", option)
