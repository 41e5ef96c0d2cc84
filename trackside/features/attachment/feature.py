"""Attachments: what this feature is made of."""

from __future__ import annotations

from pathlib import Path

from trackside.features.attachment import hooks, views
from trackside.features.attachment.model import (
    ATTACHMENT_CREATE,
    ATTACHMENT_DELETE,
    ATTACHMENT_VIEW,
    AttachmentSettings,
)
from trackside.features.attachment.policies import LegacyAttachmentPolicy
from trackside.kernel.feature import Feature, Route
from trackside.markup.settings import MimeSettings

_PATH = "/attachment/<realm>/<path:path>"

feature = Feature(
    name="attachment",
    components=("trac.attachment.AttachmentModule",),
    settings=(AttachmentSettings, MimeSettings),
    policies=(LegacyAttachmentPolicy,),
    realms=(hooks.REALM_OF_FILES,),
    routes=(
        Route(_PATH, views.upload_form, ATTACHMENT_CREATE, when="action=new"),
        Route(_PATH, views.confirm_delete, ATTACHMENT_DELETE, when="action=delete"),
        Route(_PATH, views.show_or_list, ATTACHMENT_VIEW),
        Route(_PATH, views.create, ATTACHMENT_CREATE, ("POST",), when="action=new"),
        Route(_PATH, views.delete, ATTACHMENT_DELETE, ("POST",), when="action=delete"),
        Route("/raw-attachment/<realm>/<path:path>", views.raw, ATTACHMENT_VIEW),
    ),
    companions=(hooks.COMPANION,),
    links=hooks.LINKS,
    timeline=(hooks.TIMELINE,),
    search=(hooks.SEARCH,),
    handlers=hooks.HANDLERS,
    templates=Path(__file__).parent / "templates",
)
