"""The scripts that administrators of Trac have: each in an interpreter of its own, with nothing set up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

Make = Callable[[str], Path]

BASIC = """
import os

os.environ['TRAC_ENV'] = '{one}'
os.environ['PYTHON_EGG_CACHE'] = '{folder}/eggs'

import trac.web.main
application = trac.web.main.dispatch_request
"""

ELABORATE = """
import os

os.environ['PYTHON_EGG_CACHE'] = r'C:\\Trac-Python-Eggs'
import trac.web.main

def application(environ, start_response):
    environ['trac.env_path'] = '{one}'
    return trac.web.main.dispatch_request(environ, start_response)
"""

GENERATED = """
import os

def application(environ, start_request):
    if not 'trac.env_parent_dir' in environ:
        environ.setdefault('trac.env_path', '{one}')
    if 'PYTHON_EGG_CACHE' in environ:
        os.environ['PYTHON_EGG_CACHE'] = environ['PYTHON_EGG_CACHE']
    elif 'trac.env_path' in environ:
        os.environ['PYTHON_EGG_CACHE'] = os.path.join(environ['trac.env_path'], '.egg-cache')
    elif 'trac.env_parent_dir' in environ:
        os.environ['PYTHON_EGG_CACHE'] = os.path.join(environ['trac.env_parent_dir'], '.egg-cache')
    from trac.web.main import dispatch_request
    return dispatch_request(environ, start_request)
"""

PARENT = GENERATED.replace(
    "start_request):\n", "start_request):\n    environ.setdefault('trac.env_parent_dir', '{folder}')\n", 1
)

AFTER_IMPORT = """
import os
import trac.web.main

os.environ['TRAC_ENV_PARENT_DIR'] = '{folder}'
os.environ['PYTHON_EGG_CACHE'] = '{folder}/none'

def application(environ, start_response):
    user = environ.get('REMOTE_USER', '')
    environ['REMOTE_USER'] = user.split('\\\\', 1)[-1]
    return trac.web.main.dispatch_request(environ, start_response)
"""

POOLABLE = """
import trac.db.postgres_backend
import trac.db.mysql_backend
trac.db.postgres_backend.PostgreSQLConnection.poolable = False
trac.db.mysql_backend.MySQLConnection.poolable = False
from trac.web.main import dispatch_request

def application(environ, start_response):
    environ['trac.env_path'] = '{one}'
    return dispatch_request(environ, start_response)
"""

# Runs a script as a server would, and asks it for addresses.
ASK = """
import sys
from werkzeug.test import Client
names = {}
exec(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'), names)
for address in sys.argv[2:]:
    path, _, user = address.partition('@')
    answer = Client(names['application']).get(path, environ_overrides={'REMOTE_USER': user} if user else {})
    title = answer.text.partition('<title>')[2].partition('</title>')[0].strip()
    print(answer.status_code, title, user and user.split(chr(92))[-1] in answer.text, sep='|')
"""


def ask(folder: Path, script: str, *addresses: str, env: dict[str, str] | None = None) -> list[str]:
    file = folder / "trac.wsgi"
    file.write_text(script.replace("{one}", str(folder / "one")).replace("{folder}", str(folder)))
    command = [sys.executable, "-c", ASK, str(file), *addresses]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def folder(make_env: Make, tmp_path: Path) -> Path:
    make_env("one")
    make_env("two")
    return tmp_path


@pytest.mark.parametrize("script", [BASIC, ELABORATE, GENERATED, POOLABLE])
def test_it_works(folder: Path, script: str) -> None:
    home, missing = ask(folder, script, "/wiki/TracGuide", "/nothing")
    assert home.startswith("200|")
    assert "Pond one" in home
    assert missing.startswith("404|")


@pytest.mark.parametrize("script", [PARENT, AFTER_IMPORT])
def test_a_directory_of_projects(folder: Path, script: str) -> None:
    index, one, two, none = ask(folder, script, "/", "/one/wiki/TracGuide", "/two/wiki/TracGuide", "/three")
    assert index.startswith("200|Projects")
    assert "Pond one" in one
    assert "Pond two" in two
    assert none.startswith("404|")


def test_a_name_that_the_script_makes_is_the_visitor_s(folder: Path) -> None:
    (answer,) = ask(folder, AFTER_IMPORT, "/one/prefs@MYDOM\\joe")
    assert answer.startswith("200|")
    assert answer.endswith("|True")


def test_variables_of_the_process_do_not_replace_what_a_script_says(folder: Path) -> None:
    other = {"TRAC_ENV": str(folder / "two"), "TRAC_ENV_PARENT_DIR": "/nowhere"}
    assert "Pond one" in ask(folder, ELABORATE, "/wiki", env=other)[0]
    assert "Pond one" in ask(folder, PARENT, "/one/wiki", env=other)[0]
    assert (
        "Pond two"
        in ask(folder, "from trac.web.main import dispatch_request as application", "/wiki", env=other)[0]
    )


def test_without_a_project_a_page_says_so(folder: Path) -> None:
    clean = {"TRAC_ENV": "", "TRAC_ENV_PARENT_DIR": ""}
    script = "from trac.web.main import dispatch_request as application"
    assert ask(folder, script, "/wiki", env=clean)[0].startswith("500|")
