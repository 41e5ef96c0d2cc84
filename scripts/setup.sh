#!/usr/bin/env bash
# Makes this folder ready: `setup.sh python` for .venv, `setup.sh everything` for what the tests need too.
# Does only what is missing, so a second run takes no time and no network. What the tests must do without is
# written to .cache/left-out, by the names of their markers.
set -eu

cd "$(dirname "$0")/.."
mode=${1:-python}
venv=.venv
stamp=$venv/installed
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
is_listed=no

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# How to become root, in $as_root; fails where there is no way.
find_root() {
    as_root=
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    as_root="sudo -n"
    $as_root true 2>/dev/null && return 0
    [ -t 0 ] && [ -z "${CI:-}" ] && as_root=sudo && sudo -v
}

has_package() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_packages() {
    say "Installing Debian packages: $*"
    if [ $is_listed = no ]; then
        $as_root apt-get -q -o Acquire::Retries=3 update >&2 </dev/null
        is_listed=yes
    fi
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends "$@" >&2 </dev/null
}

find_python() {
    for python in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return 0
    done
    stop "Trackside needs Python 3.11 or newer, and there is none here. On Debian 12: apt-get install python3-venv"
}

check_venv_module() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return 0
    if command -v apt-get >/dev/null && find_root; then
        install_packages python3-venv
        "$python" -c 'import ensurepip, venv' 2>/dev/null && return 0
    fi
    stop "$python has no venv module, and it cannot be installed from here. As root: apt-get install python3-venv"
}

# What the installed environment depends on: this folder, this Python, and what pyproject.toml says of the package.
wanted_stamp() {
    "$python" - <<'END'
import hashlib, os, sys, tomllib
with open("pyproject.toml", "rb") as file:
    said = tomllib.load(file)
parts = [said["build-system"], said["project"], said["tool"]["setuptools"], os.getcwd(), sys.version]
print(hashlib.sha256(repr(parts).encode()).hexdigest())
END
}

# An environment that was moved, or whose Python has gone, is made anew.
is_usable() {
    grep -qF "$PWD/$venv" $venv/pyvenv.cfg 2>/dev/null && $venv/bin/python -m pip --version >/dev/null 2>&1
}

make_venv() {
    find_python
    wanted=$(wanted_stamp)
    [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && return 0
    check_venv_module
    say "Installing Trackside and its libraries into $venv"
    is_usable || "$python" -m venv --clear $venv
    $venv/bin/python -m pip install -qq --editable '.[postgresql,mysql,dev]' >&2 </dev/null
    printf '%s\n' "$wanted" >$stamp
}

# Each line: the marker of the tests that need it, and the package.
needed_packages() {
    cat <<'END'
postgresql postgresql
mysql mariadb-server
browser chromium
browser fonts-dejavu-core
END
}

make_servers() {
    mkdir -p .cache
    : >.cache/left-out
    missing=
    markers=
    while read -r marker package; do
        has_package "$package" && continue
        missing="$missing $package"
        markers="$markers $marker"
    done < <(needed_packages)
    [ -n "$missing" ] || return 0
    if command -v apt-get >/dev/null && find_root; then
        # shellcheck disable=SC2086
        install_packages $missing
        return 0
    fi
    say "Left out, for want of root or sudo to install$missing: the tests marked$markers."
    printf '%s\n' $markers | sort -u >.cache/left-out
}

make_venv
[ "$mode" = everything ] || exit 0
make_servers
$venv/bin/python scripts/trac16.py
