"""What reports give others: their realm, `report:1` and `{1}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trackside.features.report import actions
from trackside.features.report.model import REALM, REPORT_VIEW, report_ref
from trackside.kernel.feature import Description, LinkScheme, LinkTarget, Realm, Shorthand
from trackside.kernel.href import Href
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.text import whole_number
from trackside.kernel.work import Work

_TARGET = re.compile(r"(\d{1,10})(?:\?([^#]*))?(?:#.*)?")


def url(href: Href, ref: Ref) -> str:
    return href("report", ref.id) if ref.id not in (None, "-1") else href("report")


def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
    numbers = {ref: number for ref in refs if (number := whole_number(ref.id)) is not None}
    titles = actions.list_report_titles(work, list(set(numbers.values())))
    return {ref: _description(work, ref, numbers.get(ref, -1) in titles) for ref in refs}


def _description(work: Work, ref: Ref, is_there: bool) -> Description:
    if is_there:
        return Description(url(work.href, ref), "", "report")
    if not work.access.allows(REPORT_VIEW, ref):
        return Description(None, work.locale.gettext(N_("You may not see this report")), "forbidden report")
    return Description(None, work.locale.gettext(N_("There is no such report")), "missing report")


def exists(work: Work, ref: Ref) -> bool:
    return describe(work, [ref])[ref].href is not None


def title(work: Work, ref: Ref) -> str:
    number = whole_number(ref.id) or -1
    return actions.list_report_titles(work, [number]).get(number, "")


def refer(name: str, target: str, source: Ref) -> LinkTarget | None:
    match = _TARGET.fullmatch(target)
    if not match:
        return None
    return LinkTarget(report_ref(int(match[1])), query=match[2] or "")


def refer_braces(text: str, source: Ref) -> LinkTarget | None:
    return LinkTarget(report_ref(int(text[1:-1])), label=text)


REALMS = (Realm(REALM, REPORT_VIEW, url, describe, exists, title),)
LINKS = (LinkScheme(("report",), refer),)
SHORTHANDS = (Shorthand(r"\{[0-9]{1,9}\}", refer_braces),)
