"""Read a form into typed values or raise Invalid; the form token and the key that makes a form count once."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from trackside.db.own_schema import form_key
from trackside.kernel.dates import to_stamp
from trackside.kernel.errors import Invalid
from trackside.kernel.work import Work
from trackside.web.request import Request

TOKEN_COOKIE = "trac_form_token"  # noqa: S105 - the name of a cookie
TOKEN_FIELD = "__FORM_TOKEN"  # noqa: S105 - the name of a form field
KEY_FIELD = "__FORM_KEY"
KEY_LIFETIME = timedelta(hours=24)
_TOKEN = re.compile(r"[0-9a-f]{24}")
_KEY = re.compile(r"[0-9A-Za-z_-]{16,64}")

_OUTCOME = select(form_key.c.outcome, form_key.c.actor).where(form_key.c.key == bindparam("key"))


def text(request: Request, name: str, default: str = "") -> str:
    return request.parameters.get(name, default)


def texts(request: Request, name: str) -> list[str]:
    """All values of a repeated parameter."""
    return request.parameters.getlist(name)


def flag(request: Request, name: str) -> bool:
    """Whether the parameter is there, whatever its value: buttons and check boxes."""
    return name in request.parameters


def integer(request: Request, name: str, default: int | None = None) -> int | None:
    """A whole number; the default when absent or empty; Invalid for anything else."""
    value = request.parameters.get(name, "").strip()
    if not value:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise Invalid(
            "“%(value)s” is not a whole number.", {name: "This must be a whole number."}, value=value[:40]
        )
    return int(value)


def new_token() -> str:
    return secrets.token_hex(12)


def new_key() -> str:
    return secrets.token_urlsafe(18)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def token_of(request: Request) -> str:
    """The visitor's token when the cookie holds one of ours, else a new one."""
    held = request.cookies.get(TOKEN_COOKIE, "")
    return held if _TOKEN.fullmatch(held) else new_token()


def check_origin(request: Request, base_origin: str) -> None:
    """Refuse a change that another site made the browser send.

    The token must be in cookie and form, and where the browser says who asked, it must be a page of ours.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    is_foreign = fetch_site in ("cross-site", "same-site") or (
        not fetch_site and origin not in ("", request.site_origin, base_origin)
    )
    held = request.cookies.get(TOKEN_COOKIE, "")
    sent = request.form.get(TOKEN_FIELD, "") or request.headers.get("X-Form-Token", "")
    is_proven = bool(held) and hmac.compare_digest(held.encode(), sent.encode())
    if is_foreign or not is_proven:
        raise Invalid(
            "This form could not be recognised as one of ours, so nothing was stored. Cookies must be "
            "allowed here; load the page again and send it once more."
        )


def key_of(request: Request) -> str:
    """The once-key of a form, or empty for a form without one (an old script's)."""
    key = request.form.get(KEY_FIELD, "")
    if key and not _KEY.fullmatch(key):
        raise Invalid("The key of this form is not one that we gave out.")
    return key


def find_outcome(work: Work, key: str) -> str | None:
    """Where the same form led when it was stored before; None when it is new."""
    row = work.db.execute(_OUTCOME, {"key": key}).first()
    return None if row is None else str(row.outcome or "")


def hold_key(work: Work, key: str) -> bool:
    """Take the key in the transaction of the change; False when the same form was stored just now."""
    values = {"key": key, "actor": work.actor.author, "outcome": "", "created": to_stamp(work.now)}
    try:
        with work.db.begin_nested():
            work.db.execute(insert(form_key), values)
    except IntegrityError:
        return False
    return True


def store_outcome(work: Work, key: str, address: str) -> None:
    work.db.execute(update(form_key).where(form_key.c.key == key).values(outcome=address))


def forget_old_keys(work: Work) -> None:
    limit = to_stamp(work.now - KEY_LIFETIME)
    work.db.execute(delete(form_key).where(form_key.c.created < limit))
