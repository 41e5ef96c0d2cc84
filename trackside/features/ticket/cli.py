"""The commands of trac-admin for tickets and for the lists that they choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from trackside.features.ticket import deletion, milestones, offers, values
from trackside.features.ticket.fields import order_versions
from trackside.features.ticket.model import Milestone
from trackside.kernel.dates import from_stamp, parse, to_stamp
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.feature import Command
from trackside.kernel.work import Work

Say = Callable[[str], None]
Run = Callable[[Work, Sequence[str], Say], int | None]


def _arguments(arguments: Sequence[str], least: int, most: int) -> list[str]:
    """The arguments, with "" for those left out at the end."""
    if not least <= len(arguments) <= most:
        raise Invalid("This command takes %(least)d to %(most)d arguments.", least=least, most=most)
    return [*arguments, *[""] * (most - len(arguments))]


def _table(say: Say, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    say("")
    say(shown[0].rstrip())
    say("-" * (sum(widths) + 2 * (len(widths) - 1)))
    for line in shown[1:]:
        say(line.rstrip())
    say("")


def _stamp(work: Work, typed: str) -> int:
    return to_stamp(parse(typed, work.locale.zone, work.now)) if typed.strip() else 0


def _day(work: Work, stamp: int) -> str:
    moment = from_stamp(stamp)
    return moment.astimezone(work.locale.zone).date().isoformat() if moment else ""


def list_components(work: Work, arguments: Sequence[str], say: Say) -> None:
    _table(say, ("Name", "Owner"), ((one.name, one.owner) for one in offers.choices_of(work).components))


def add_component(work: Work, arguments: Sequence[str], say: Say) -> None:
    values.add_component(work, *_arguments(arguments, 1, 2))


def rename_component(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, new = _arguments(arguments, 2, 2)
    values.change_component(work, name, new=new)


def remove_component(work: Work, arguments: Sequence[str], say: Say) -> None:
    values.delete_component(work, *_arguments(arguments, 1, 1))


def chown_component(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, owner = _arguments(arguments, 2, 2)
    values.change_component(work, name, owner=owner)


def list_versions(work: Work, arguments: Sequence[str], say: Say) -> None:
    ordered = order_versions(offers.choices_of(work).versions)
    _table(say, ("Name", "Time"), ((one.name, _day(work, one.released)) for one in ordered))


def add_version(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, time = _arguments(arguments, 1, 2)
    values.add_version(work, name, _stamp(work, time))


def rename_version(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, new = _arguments(arguments, 2, 2)
    values.change_version(work, name, new=new)


def time_version(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, time = _arguments(arguments, 2, 2)
    values.change_version(work, name, released=_stamp(work, time))


def remove_version(work: Work, arguments: Sequence[str], say: Say) -> None:
    values.delete_version(work, *_arguments(arguments, 1, 1))


def list_milestones(work: Work, arguments: Sequence[str], say: Say) -> None:
    rows = (
        (one.name, _day(work, one.due), _day(work, one.completed)) for one in offers.list_milestones(work)
    )
    _table(say, ("Name", "Due", "Completed"), rows)


def add_milestone(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, due = _arguments(arguments, 1, 2)
    milestones.create_milestone(work, Milestone(name, _stamp(work, due)))


def rename_milestone(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, new = _arguments(arguments, 2, 2)
    one = _milestone(work, name)
    milestones.change_milestone(work, name, Milestone(new, one.due, one.completed, one.description))


def due_milestone(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, due = _arguments(arguments, 2, 2)
    one = _milestone(work, name)
    changed = Milestone(name, _stamp(work, due), one.completed, one.description)
    milestones.change_milestone(work, name, changed)


def complete_milestone(work: Work, arguments: Sequence[str], say: Say) -> None:
    name, completed = _arguments(arguments, 2, 2)
    one = _milestone(work, name)
    changed = Milestone(name, one.due, _stamp(work, completed), one.description)
    milestones.change_milestone(work, name, changed)


def remove_milestone(work: Work, arguments: Sequence[str], say: Say) -> None:
    milestones.delete_milestone(work, *_arguments(arguments, 1, 1))


def _milestone(work: Work, name: str) -> Milestone:
    one = offers.find_milestone(work, name)
    if one is None:
        raise NotFound("There is no milestone “%(name)s”.", name=name)
    return one


def list_enum(kind: str, work: Work, arguments: Sequence[str], say: Say) -> None:
    _table(say, ("Possible Values",), ((one.name,) for one in values.list_enum(work, kind)))


def add_enum(kind: str, work: Work, arguments: Sequence[str], say: Say) -> None:
    values.add_enum_value(work, kind, *_arguments(arguments, 1, 1))


def change_enum(kind: str, work: Work, arguments: Sequence[str], say: Say) -> None:
    values.rename_enum_value(work, kind, *_arguments(arguments, 2, 2))


def remove_enum(kind: str, work: Work, arguments: Sequence[str], say: Say) -> None:
    values.delete_enum_value(work, kind, *_arguments(arguments, 1, 1))


def order_enum(kind: str, work: Work, arguments: Sequence[str], say: Say) -> None:
    name, way = _arguments(arguments, 2, 2)
    if way not in ("up", "down"):
        raise Invalid("Say “up” or “down”, not “%(way)s”.", way=way)
    values.move_enum_value(work, kind, name, -1 if way == "up" else 1)


def _number(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) < 19):
        raise Invalid("“%(text)s” is not a number.", text=text)
    return int(text)


def remove_ticket(work: Work, arguments: Sequence[str], say: Say) -> None:
    id = _number(_arguments(arguments, 1, 1)[0])
    deletion.delete_ticket(work, id)
    say(f"Ticket #{id} and all its data are removed.")


def remove_comment(work: Work, arguments: Sequence[str], say: Say) -> None:
    id, number = (_number(text) for text in _arguments(arguments, 2, 2))
    deletion.delete_change(work, id, number)
    say(f"Comment {number} of ticket #{id} is removed.")


def _enum_commands(kind: str, noun: str) -> tuple[Command, ...]:
    def make(verb: str, usage: str, help: str, run: Callable[..., None]) -> Command:
        return Command(
            f"{kind} {verb}", usage, help, partial(run, kind), "read" if verb == "list" else "write"
        )

    return (
        make("list", "", f"Show all {noun}.", list_enum),
        make("add", "VALUE", f"Add one of the {noun}.", add_enum),
        make("change", "VALUE NEWVALUE", f"Rename one of the {noun}.", change_enum),
        make("remove", "VALUE", f"Remove one of the {noun}.", remove_enum),
        make("order", "VALUE UP|DOWN", f"Move one of the {noun} up or down.", order_enum),
    )


COMMANDS = (
    Command("component list", "", "Show all components.", list_components, "read"),
    Command("component add", "NAME [OWNER]", "Add a component.", add_component),
    Command("component rename", "NAME NEWNAME", "Rename a component.", rename_component),
    Command("component remove", "NAME", "Remove a component.", remove_component),
    Command("component chown", "NAME OWNER", "Change the owner of a component.", chown_component),
    Command("milestone list", "", "Show all milestones.", list_milestones, "read"),
    Command("milestone add", "NAME [DUE]", "Add a milestone.", add_milestone),
    Command("milestone rename", "NAME NEWNAME", "Rename a milestone.", rename_milestone),
    Command("milestone due", "NAME DUE", "Set when a milestone is due; empty for never.", due_milestone),
    Command("milestone completed", "NAME COMPLETED", "Set when it was completed.", complete_milestone),
    Command("milestone remove", "NAME", "Remove a milestone.", remove_milestone),
    Command("version list", "", "Show all versions.", list_versions, "read"),
    Command("version add", "NAME [TIME]", "Add a version.", add_version),
    Command("version rename", "NAME NEWNAME", "Rename a version.", rename_version),
    Command("version time", "NAME TIME", "Set when a version was released.", time_version),
    Command("version remove", "NAME", "Remove a version.", remove_version),
    *_enum_commands("ticket_type", "types of tickets"),
    *_enum_commands("priority", "priorities"),
    *_enum_commands("severity", "severities"),
    *_enum_commands("resolution", "resolutions"),
    Command("ticket remove", "NUMBER", "Remove a ticket with all its data.", remove_ticket),
    Command("ticket remove_comment", "NUMBER COMMENT", "Remove a change of a ticket.", remove_comment),
)
