"""Running reports: who sees which rows, in which order, on which page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.features import sights
from tests.features.sights import Seats, add_report
from trackside.db.engine import count_statements
from trackside.features.report import actions
from trackside.features.report.model import Ask, Run, SqlProblem
from trackside.kernel.errors import Forbidden, Invalid, NotFound
from trackside.kernel.project import Project

ALL = "SELECT id AS ticket, summary, priority, owner AS __group__ FROM ticket ORDER BY owner, id"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return sights.make(tmp_path)


def run(project: Project, query: str, **wish: object) -> Run:
    id = add_report(project, query)
    with sights.begin(project) as work:
        ask = Ask(wish.pop("values", {}), **wish)  # type: ignore[arg-type]
        return actions.run_report(work, actions.read_report(work, id), ask)


def first(result: Run) -> list[object]:
    return [row[0] for row in result.rows]


def test_it_works(project: Project) -> None:
    result = run(project, ALL)
    assert first(result) == [1, 2, 3, 5, 6, 4] and result.total == 6


def test_pages(project: Project) -> None:
    page = run(project, ALL, page=2, per_page=4)
    assert (first(page), page.total) == ([6, 4], 6)
    assert (first(run(project, ALL, page=3, per_page=4)), run(project, ALL, page=9, per_page=4).total) == (
        [],
        6,
    )


def test_one_statement_for_one_page_and_one_more_to_count(project: Project) -> None:
    id = add_report(project, ALL)
    with sights.begin(project) as work:
        report = actions.read_report(work, id)
        with count_statements(work.db) as statements:
            actions.run_report(work, report, Ask({}, per_page=10))
            assert len(statements) == 1
            actions.run_report(work, report, Ask({}, per_page=2))
            assert len(statements) == 3


def test_order_by_a_column_stays_within_groups(project: Project) -> None:
    assert first(run(project, ALL, sort="ticket")) == [6, 5, 3, 2, 1, 4]
    assert first(run(project, ALL, sort="ticket", is_ascending=True, page=2, per_page=4)) == [6, 4]


def test_choices_are_ordered_as_configured(project: Project) -> None:
    result = run(
        project, "SELECT id AS ticket, priority FROM ticket ORDER BY id", sort="priority", is_ascending=True
    )
    assert [row[1] for row in result.rows] == ["blocker", "blocker", "major", "major", "minor", "minor"]
    assert first(result) == [1, 4, 2, 5, 3, 6]


def test_order_where_the_author_wants_it(project: Project) -> None:
    query = "SELECT id AS ticket FROM ticket WHERE id < 6 ORDER BY @SORT_COLUMN@ @LIMIT_OFFSET@"
    assert first(run(project, query, sort="ticket", per_page=2)) == [5, 4]
    assert run(project, query, sort="ticket", per_page=2).total == 5
    with pytest.raises(SqlProblem, match="no column"):
        run(project, query, sort='ticket" --', per_page=2)


def test_a_limit_of_the_author_is_kept(project: Project) -> None:
    result = run(project, "SELECT id AS ticket FROM ticket ORDER BY id LIMIT 3", per_page=2)
    assert (first(result), result.total) == ([1, 2], 3)


def test_unknown_columns_are_told(project: Project) -> None:
    with pytest.raises(SqlProblem, match="no column"):
        run(project, ALL, sort="nothing")


def test_rows_of_hidden_tickets_are_neither_shown_nor_counted(tmp_path: Path) -> None:
    project = sights.make(tmp_path, seats=Seats(hidden=frozenset({"2", "4"})))
    for wish in ({}, {"per_page": 3}, {"sort": "ticket", "is_ascending": True}):
        result = run(project, ALL, **wish)
        assert result.total == 4 and not {2, 4} & set(first(result))
    assert first(run(project, "SELECT max(id) AS highest FROM ticket")) == [6]


def test_without_the_right_to_see_tickets_no_row_of_one_is_seen(tmp_path: Path) -> None:
    project = sights.make(tmp_path, seats=Seats(denied=frozenset({"TICKET_VIEW"})))
    assert run(project, ALL).total == 0
    assert run(project, "SELECT name AS summary FROM milestone").total == 4


def test_a_realm_nobody_knows_is_not_shown(project: Project) -> None:
    assert run(project, "SELECT 1 AS id, 'nothing' AS realm").total == 0
    assert run(project, "SELECT '1.0' AS id, 'milestone' AS realm").total == 1


def test_storing(project: Project) -> None:
    with sights.begin(project, mode="write") as work:
        id = actions.create_report(work, " Mine ", "SELECT 1", "text")
        actions.change_report(work, id, "Yours", "SELECT 2", "")
        assert actions.read_report(work, id).title == "Yours"
        with pytest.raises(Invalid) as wrong:
            actions.change_report(work, id, " ", "", "")
        assert set(wrong.value.fields) == {"title", "query"}
        actions.delete_report(work, id)
        with pytest.raises(NotFound):
            actions.read_report(work, id)
        assert [event.kind for event in work.events] == ["report.created", "report.changed", "report.deleted"]


def test_numbers_that_no_report_can_have(project: Project) -> None:
    with sights.begin(project) as work, pytest.raises(NotFound):
        actions.read_report(work, 10**30)


def test_every_action_asks(tmp_path: Path) -> None:
    denied = frozenset({"REPORT_VIEW", "REPORT_SQL_VIEW", "REPORT_CREATE", "REPORT_MODIFY", "REPORT_DELETE"})
    project = sights.make(tmp_path, seats=Seats(denied=denied))
    id = add_report(project, "SELECT 1")
    with sights.begin(project, mode="write") as work:
        for call in (
            lambda: actions.list_reports(work),
            lambda: actions.read_report(work, id),
            lambda: actions.read_report_text(work, id),
            lambda: actions.create_report(work, "a", "b", ""),
            lambda: actions.change_report(work, id, "a", "b", ""),
            lambda: actions.delete_report(work, id),
        ):
            with pytest.raises(Forbidden):
                call()
        assert actions.list_report_titles(work, [id]) == {}
