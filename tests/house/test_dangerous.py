"""What can hurt stands in few, listed places: safe markup, processes, raw SQL, files sent, full access."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, FunctionNode, Module, expect_none, modules, origin, plant

FOLDERS = ("trackside", "trac")

# A place is `path:function`, or a whole file, or a folder with a slash at its end.
MAKES_MARKUP = frozenset(
    {
        "trackside/markup/html.py:markup",
        "trackside/web/site_texts.py:_render",
        "trackside/web/site_texts.py:rendered",
    }
)
STARTS_PROCESSES = frozenset({"trackside/db/backup.py:_run"})
SENDS_FILES = frozenset({"trackside/features/attachment/views.py:_raw", "trackside/web/static.py:_send"})
WRITES_SQL = frozenset({"trackside/db/", "trackside/features/report/sql.py"})
MAY_DO_EVERYTHING = frozenset({"trackside/jobs/scope.py:open_system_work"})
RUNS_TEXT = frozenset({"trackside/db/upgrade.py:_module"})

# A dotted name, or the beginning of some with a star at its end.
PROCESS = ("subprocess.*", "os.system", "os.popen", "os.exec*", "os.spawn*", "os.posix_spawn*", "pty.*")
SENDING = ("werkzeug.utils.send_file", "werkzeug.utils.send_from_directory", "werkzeug.wsgi.wrap_file")
SQL = ("sqlalchemy.text", "sqlalchemy.literal_column", "sqlalchemy.sql.text", "sqlalchemy.DDL")
CODE = ("eval", "exec", "compile", "pickle.*", "marshal.*", "__import__", "importlib.import_module")


def markup_made(module: Module) -> Iterator[ast.AST]:
    """Places that declare text safe: Markup of anything but a literal, and `__html__` methods."""
    for node in ast.walk(module.body):
        if isinstance(node, ast.Call):
            is_markup = origin(module, node.func) == "markupsafe.Markup"
            is_check = origin(module, node.func) == "isinstance"
            is_passed_on = any(origin(module, argument) == "markupsafe.Markup" for argument in node.args)
            is_constant = all(isinstance(argument, ast.Constant) for argument in node.args)
            if (is_markup and not is_constant) or (is_passed_on and not is_check):
                yield node
        elif isinstance(node, FunctionNode) and node.name == "__html__":
            yield node


def named(*names: str) -> Callable[[Module], Iterator[ast.AST]]:
    """Uses of some dotted names."""

    def found(module: Module) -> Iterator[ast.AST]:
        for node in ast.walk(module.body):
            if isinstance(node, ast.Name | ast.Attribute):
                name = origin(module, node)
                if any(name == n or (n.endswith("*") and name.startswith(n[:-1])) for n in names):
                    yield node

    return found


def raw_sql(module: Module) -> Iterator[ast.AST]:
    yield from named(*SQL)(module)
    for call in module.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("exec_driver_sql", "executescript"):
            yield call


def everything(module: Module) -> Iterator[ast.AST]:
    return named("trackside.kernel.access.Access.system")(module)


Finder = Callable[[Module], Iterator[ast.AST]]
CASES: list[tuple[str, Finder, Collection[str]]] = [
    ("markup", markup_made, MAKES_MARKUP),
    ("process", named(*PROCESS), STARTS_PROCESSES),
    ("file sent", named(*SENDING), SENDS_FILES),
    ("raw SQL", raw_sql, WRITES_SQL),
    ("Access.system", everything, MAY_DO_EVERYTHING),
    ("text run as code", named(*CODE), RUNS_TEXT),
]


def unlisted(root: Path, what: str, finder: Finder, allowed: Collection[str]) -> list[str]:
    found = []
    for module in modules(root, *FOLDERS):
        places = [(node, module.place(node)) for node in finder(module)]
        wrong = [pair for pair in places if not any(covers(entry, pair[1]) for entry in allowed)]
        found += [module.at(node, f"{what} in {place}") for node, place in wrong]
    return found


def covers(entry: str, place: str) -> bool:
    return (
        place == entry or (entry.endswith("/") and place.startswith(entry)) or place.startswith(f"{entry}:")
    )


@pytest.mark.parametrize(("what", "finder", "allowed"), CASES, ids=[c[0] for c in CASES])
def test_it_works(what: str, finder: Finder, allowed: Collection[str]) -> None:
    expect_none(unlisted(ROOT, what, finder, allowed))


@pytest.mark.parametrize(("what", "finder", "allowed"), CASES, ids=[c[0] for c in CASES])
def test_every_listed_place_is_still_there(what: str, finder: Finder, allowed: Collection[str]) -> None:
    used = {module.place(node) for module in modules(ROOT, *FOLDERS) for node in finder(module)}
    assert [entry for entry in allowed if not any(covers(entry, place) for place in used)] == []


def test_markup_is_made_in_fewer_than_ten_places() -> None:
    assert len(MAKES_MARKUP) < 10


BREACHES = [
    ("markup", "from markupsafe import Markup\ndef f(x): return Markup(x)"),
    ("markup", "import markupsafe\ndef f(x): return markupsafe.Markup(f'<b>{x}')"),
    ("markup", "from markupsafe import Markup as M\ndef f(x): return list(map(M, x))"),
    ("markup", "class A:\n def __html__(self): return self.x"),
    ("process", "import subprocess\ndef f(): subprocess.run(['ls'])"),
    ("process", "from subprocess import run\ndef f(): run(['ls'])"),
    ("process", "import os\ndef f(): os.execv('ls', [])"),
    ("file sent", "from werkzeug.utils import send_file\ndef f(e): return send_file('x', e)"),
    ("raw SQL", "from sqlalchemy import text\ndef f(): return text('SELECT 1')"),
    ("raw SQL", "import sqlalchemy as sa\ndef f(): return sa.literal_column('1')"),
    ("raw SQL", "def f(db): db.exec_driver_sql('SELECT 1')"),
    ("Access.system", "from trackside.kernel.access import Access\ndef f(): return Access.system('why not')"),
    ("text run as code", "def f(x): return eval(x)"),
    ("text run as code", "import pickle\ndef f(x): return pickle.loads(x)"),
]


@pytest.mark.parametrize(("what", "source"), BREACHES)
def test_a_breach_is_found(tmp_path: Path, what: str, source: str) -> None:
    plant(tmp_path, "trackside/a.py", source)
    found = [
        line for name, finder, _ in CASES if name == what for line in unlisted(tmp_path, what, finder, ())
    ]
    assert found[0].startswith(f"trackside/a.py:{source.count(chr(10)) + 1}:")


def test_what_is_harmless_passes(tmp_path: Path) -> None:
    source = (
        "from markupsafe import Markup\nfrom trackside.db.schema import text\nimport re\n"
        "def f(x: Markup) -> Markup:\n"
        "    return Markup('<b>%s</b>') % x if isinstance(x, Markup) else Markup()\n"
        "WORD = re.compile('x')\ntext('x')\n"
    )
    plant(tmp_path, "trackside/a.py", source)
    assert [line for name, finder, _ in CASES for line in unlisted(tmp_path, name, finder, ())] == []
