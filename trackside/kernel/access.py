"""Permission, Policy, Grant, Scope, Access: the one door to data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

from trackside.kernel.errors import Forbidden, Misconfigured
from trackside.kernel.ref import Ref

T = TypeVar("T")
_SEAL = object()
ANONYMOUS = "anonymous"
AUTHENTICATED = "authenticated"
TRAC_ADMIN_NAME = "TRAC_ADMIN"


@dataclass(frozen=True, slots=True)
class Permission:
    """One of Trac's permission names, and the permissions that come with it.

    A name that is not `is_grantable` is only ever asked of policies (ATTACHMENT_VIEW).
    """

    name: str
    includes: tuple[Permission, ...] = ()
    is_grantable: bool = True

    def __str__(self) -> str:
        return self.name


TRAC_ADMIN = Permission(TRAC_ADMIN_NAME)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `name` is the login, or `anonymous`; `label` is how an unsigned visitor signs a change."""

    name: str = ANONYMOUS
    label: str = ""

    @property
    def is_authenticated(self) -> bool:
        return self.name != ANONYMOUS

    @property
    def author(self) -> str:
        return self.name if self.is_authenticated else (self.label or ANONYMOUS)


@dataclass(frozen=True, slots=True)
class Cached(Generic[T]):
    """A value worth keeping between requests, under the key that Trac's `cache` table counts it by."""

    key: str
    load: Callable[[Connection], T]


class Facts(Protocol):
    """What a policy may look things up in; a Work is one."""

    @property
    def db(self) -> Connection: ...

    @property
    def project(self) -> object:
        """The Project; policies that ask for its realms know it as one."""

    def cached(self, cached: Cached[T]) -> T: ...


class Policy(Protocol):
    """One of `[trac] permission_policies`. Yes, no, or None for "ask the next one"."""

    @property
    def name(self) -> str:
        """The Trac component it stands for, as `DefaultPermissionPolicy`."""

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None: ...

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        """Whether the answer can differ between two things of the realm."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Proof that the actor may do one thing to one thing. Only Access makes it."""

    permission: Permission
    ref: Ref
    seal: object = field(repr=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a Grant is made by Access only")

    def check(self, *accepted: Permission) -> Ref:
        """The thing, when this is a proof for one of `accepted`."""
        if self.permission not in accepted:
            raise TypeError(
                f"a grant of {self.permission} opens no store that wants {[str(a) for a in accepted]}"
            )
        return self.ref

    def id(self, *accepted: Permission) -> str:
        ref = self.check(*accepted)
        if ref.id is None:
            raise TypeError(f"a grant for all of {ref.realm} names no single thing")
        return ref.id


@dataclass(frozen=True, slots=True)
class Scope:
    """Proof for many things of a realm: none of them, all of them, or those that `keeps` lets through."""

    permission: Permission
    realm: str
    seal: object = field(repr=False)
    is_empty: bool = False
    test: Callable[[Ref], bool] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a Scope is made by Access only")

    def check(self, *accepted: Permission) -> Scope:
        if self.permission not in accepted:
            raise TypeError(
                f"a scope of {self.permission} opens no store that wants {[str(a) for a in accepted]}"
            )
        return self

    def keeps(self, ref: Ref) -> bool:
        return not self.is_empty and (self.test is None or self.test(ref))

    def filter(self, rows: Sequence[T], ref_of: Callable[[T], Ref]) -> list[T]:
        """The rows whose things may be known."""
        if self.is_empty:
            return []
        return list(rows) if self.test is None else [row for row in rows if self.test(ref_of(row))]


class Access:
    """What one actor may do in one Work. Asks the policies in order and remembers the answers.

    `notes` is where policies keep what they looked up, so that they look it up once.
    """

    def __init__(self, actor: Actor, policies: Sequence[Policy], facts: Facts | None) -> None:
        self.actor = actor
        self._policies = tuple(policies)
        self._facts = facts
        self._answers: dict[tuple[str, Ref], bool] = {}
        self.notes: dict[object, bool] = {}

    @property
    def facts(self) -> Facts:
        if self._facts is None:
            raise Misconfigured("This access was made without a database.")
        return self._facts

    @classmethod
    def system(cls, reason: str, facts: Facts | None = None, name: str = "trac") -> Access:
        """May do everything: for jobs, upgrades and the command line. `reason` tells why, to readers."""
        return cls(Actor(name), (_Everything(reason),), facts)

    def as_actor(self, name: str) -> Access:
        """The same project through somebody else's eyes, for what is sent to them."""
        return Access(Actor(name), self._policies, self._facts)

    def allows(self, permission: Permission, ref: Ref) -> bool:
        """Whether a button shows; never the guard."""
        key = (permission.name, ref)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._decide(permission, ref)
        return answer

    def _decide(self, permission: Permission, ref: Ref) -> bool:
        for policy in self._policies:
            answer = policy.decide(self, permission, ref)
            if answer is not None:
                return answer
        return False

    def explain(self, permission: Permission, ref: Ref) -> str:
        """The name of the policy that decides, and its answer."""
        for policy in self._policies:
            answer = policy.decide(self, permission, ref)
            if answer is not None:
                return f"{policy.name}: {'yes' if answer else 'no'}"
        return "no policy answers: no"

    def find(self, permission: Permission, ref: Ref) -> Grant | None:
        return Grant(permission, ref, _SEAL) if self.allows(permission, ref) else None

    def require(self, permission: Permission, ref: Ref) -> Grant:
        """The proof, or Forbidden."""
        if not self.allows(permission, ref):
            raise Forbidden(
                "This needs the permission %(permission)s on %(thing)s.", permission=permission, thing=ref
            )
        return Grant(permission, ref, _SEAL)

    def require_any(self, permissions: Sequence[Permission], ref: Ref) -> Grant:
        """The proof of the first of several permissions that is held, or Forbidden for the first of them."""
        for permission in permissions:
            if self.allows(permission, ref):
                return Grant(permission, ref, _SEAL)
        return self.require(permissions[0], ref)

    def scope(self, permission: Permission, realm: str) -> Scope:
        if any(policy.looks_at_things(permission, realm) for policy in self._policies):
            return Scope(permission, realm, _SEAL, test=lambda ref: self.allows(permission, ref))
        return Scope(permission, realm, _SEAL, is_empty=not self.allows(permission, Ref(realm)))


@dataclass(frozen=True, slots=True)
class _Everything:
    reason: str
    name: str = "system"

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        return True

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return False


def expand(permissions: Sequence[Permission]) -> Mapping[str, frozenset[str]]:
    """Each name with the names of all it includes, itself among them; TRAC_ADMIN has them all."""
    known: dict[str, frozenset[str]] = {p.name: _closure(p) for p in permissions}
    everything = frozenset().union(*known.values()) | {TRAC_ADMIN_NAME}
    return {**known, TRAC_ADMIN_NAME: everything}


def _closure(permission: Permission) -> frozenset[str]:
    return frozenset({permission.name}).union(*(_closure(p) for p in permission.includes))
