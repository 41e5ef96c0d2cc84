"""Many projects in one process: no files stay open, and each idle one takes little room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trackside.hosting import environment
from trackside.hosting.opening import open_project
from trackside.hosting.projects import Projects

COUNT = 300
MEASURE = """
import gc, os, shutil, sys
from pathlib import Path
from werkzeug.test import Client
from trackside.hosting.opening import open_project
from trackside.hosting.projects import Projects
from trackside.hosting.wsgi import Site

made, folder, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for number in range(count + 10):
    shutil.copytree(made, folder / f"p{number}")
site = Site(Projects(open_project, kept=count + 10))
def application(environ, start_response):
    environ["trac.env_parent_dir"] = str(folder)
    return site(environ, start_response)
client = Client(application)

def visit(number):
    assert client.get(f"/p{number}/wiki/WikiStart", buffered=True).status_code == 200

def room():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

for number in range(count, count + 10):
    visit(number)
files, before = len(os.listdir("/proc/self/fd")), room()
for number in range(count):
    visit(number)
left = len(os.listdir("/proc/self/fd")) - files
print(left, (room() - before) / count / 1e6, len(site.projects.open_ones()))
"""


@pytest.mark.alone
def test_it_works(made_once: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEASURE, str(made_once), str(tmp_path), str(COUNT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    files, megabytes, opened = done.stdout.split()
    assert int(opened) == COUNT + 10
    assert int(files) <= 0
    assert float(megabytes) <= 0.2


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        environment.create(path, name=path.name)
    projects = Projects(open_project, kept=2)
    first, second = projects.find(paths[0]), projects.find(paths[1])
    assert projects.find(paths[0]) is first
    third = projects.find(paths[2])
    assert projects.open_ones() == [first, third]
    assert projects.find(paths[1]) is not second
