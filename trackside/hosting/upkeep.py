"""What every project needs done by the clock."""

from __future__ import annotations

from trackside.kernel.feature import Feature, Schedule
from trackside.web import forms, session

feature = Feature(
    name="upkeep",
    schedules=(
        Schedule("form-keys", 3600, forms.forget_old_keys),
        Schedule("sessions", 24 * 3600, session.purge),
    ),
)
