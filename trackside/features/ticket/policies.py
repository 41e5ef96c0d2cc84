"""DefaultTicketPolicy: who opened a ticket may mend its description, who wrote a comment may mend that."""

from __future__ import annotations

from collections.abc import Mapping

from trackside.features.ticket import store
from trackside.features.ticket.model import (
    MILESTONE_VIEW,
    REALM,
    TICKET_APPEND,
    TICKET_CHG_MILESTONE,
    TICKET_CHGPROP,
    TICKET_EDIT_COMMENT,
    TICKET_EDIT_DESCRIPTION,
)
from trackside.kernel.access import Access, Permission, Policy
from trackside.kernel.ref import Ref


class DefaultTicketPolicy:
    """Says yes or nothing: what it does not grant others may."""

    name = "DefaultTicketPolicy"

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        """Facts of the ticket are looked up only for those whom they could help."""
        if permission == TICKET_CHG_MILESTONE:
            return True if access.allows(MILESTONE_VIEW, ref) else None
        if not access.actor.is_authenticated or ref.id is None:
            return None
        if permission == TICKET_EDIT_DESCRIPTION and ref.realm == REALM:
            return _is_reporter(access, ref)
        if permission == TICKET_EDIT_COMMENT and ref.realm == "comment" and ref.parent is not None:
            return _is_author(access, ref.parent, ref.id)
        return None

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return permission in (TICKET_EDIT_DESCRIPTION, TICKET_EDIT_COMMENT)


def _is_reporter(access: Access, ref: Ref) -> bool | None:
    if not (access.allows(TICKET_APPEND, ref) or access.allows(TICKET_CHGPROP, ref)):
        return None
    return True if store.reporter(access.facts.db, ref) == access.actor.name else None


def _is_author(access: Access, ticket: Ref, number: str) -> bool | None:
    if not access.allows(TICKET_APPEND, ticket):
        return None
    return True if store.comment_author(access.facts.db, ticket, number) == access.actor.name else None


def make_policy(permissions: Mapping[str, frozenset[str]]) -> Policy:
    return DefaultTicketPolicy()
