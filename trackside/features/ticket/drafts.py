"""What somebody typed into a ticket's form: read from the request, and kept to be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trackside.features.ticket.fields import Fields
from trackside.features.ticket.model import Clash, Edit, Ticket
from trackside.features.ticket.rules import Rights
from trackside.kernel.errors import Invalid
from trackside.kernel.text import split_names
from trackside.web import forms
from trackside.web.request import Request

OWNER, RESOLUTION = "_reassign_owner", "_resolve_resolution"


@dataclass(frozen=True, slots=True)
class Draft:
    """`arguments` holds the owner and resolution typed for every step, whichever was chosen."""

    edit: Edit = Edit()
    arguments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    started: int | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    is_preview: bool = False


def read_draft(request: Request, fields: Fields, ticket: Ticket | None, rights: Rights) -> Draft:
    """The form of a ticket, by Trac's names. A field that comes twice is refused."""
    arguments = _arguments(request)
    action = forms.text(request, "step") or forms.text(request, "action")
    edit = Edit(
        values=_values(request, fields, ticket, rights),
        comment=forms.text(request, "comment"),
        action=action,
        arguments=arguments.get(action, {}),
        reply_to=forms.text(request, "replyto").strip(),
        seen=_stamp(request, "view_time"),
        author=forms.text(request, "author").strip(),
    )
    return Draft(edit, arguments, _stamp(request, "start_time"))


def _stamp(request: Request, name: str) -> int | None:
    text = forms.text(request, name).strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None


def _values(request: Request, fields: Fields, ticket: Ticket | None, rights: Rights) -> dict[str, str]:
    values: dict[str, str] = {}
    for one in fields:
        name = f"field_{one.name}"
        typed = forms.texts(request, name)
        if forms.flag(request, f"revert_{one.name}"):
            continue
        if len(typed) > 1:
            raise Invalid("The field “%(field)s” was sent more than once.", field=one.name)
        if typed:
            values[one.name] = typed[0]
        elif one.kind == "checkbox" and forms.flag(request, f"field_checkbox_{one.name}"):
            values[one.name] = "0"
    if forms.flag(request, "cc_update") and rights.me:
        values["cc"] = _toggled(ticket["cc"] if ticket else "", rights.me)
    return values


def _toggled(cc: str, me: str) -> str:
    names = split_names(cc)
    return ", ".join([name for name in names if name != me] if me in names else [*names, me])


def _arguments(request: Request) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, value in request.parameters.items():
        for ending, name in ((OWNER, "owner"), (RESOLUTION, "resolution")):
            if key.startswith("action_") and key.endswith(ending):
                found.setdefault(key.removeprefix("action_").removesuffix(ending), {})[name] = value
    return found


def prefilled(request: Request, fields: Fields) -> Draft:
    """A new ticket's form with what the address already says."""
    values = {f.name: request.args[f.name] for f in fields if f.name in request.args}
    action = forms.text(request, "action")
    arguments = _arguments(request)
    if "owner" in values:
        arguments = {key: {"owner": values["owner"], **typed} for key, typed in arguments.items()}
    return Draft(Edit(values=values, action=action), arguments)
