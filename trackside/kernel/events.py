"""Event: what happened, to which thing, by whom, when, and with what changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from trackside.kernel.ref import Ref

MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is `realm.past-tense`, as `ticket.created`.

    `changes` maps a field to its (old, new) values. `depth` counts the events that led to this one.
    """

    kind: str
    ref: Ref
    author: str
    at: datetime
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    comment: str = ""
    depth: int = 0
