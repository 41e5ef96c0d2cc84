"""Basic and Digest sign-in over a real socket."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hosting.served import Served, tracd

pytestmark = pytest.mark.slow


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    import passlib.hash  # the reference that writes what Apache's tool would

    rows = {
        "ada": passlib.hash.apr_md5_crypt.hash("lovelace"),
        "jo": passlib.hash.ldap_sha1.hash("käse"),
        "max": passlib.hash.bcrypt.using(rounds=4, ident="2y").hash("planck"),
        "six": passlib.hash.sha512_crypt.using(rounds=1000).hash("six"),
        "plain": "plain",
    }
    file = tmp_path / "htpasswd"
    file.write_text("# people\n" + "".join(f"{name}:{word}\n" for name, word in rows.items()))
    return file


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def served(env: Path, passwords: Path) -> Iterator[Served]:
    with tracd("--basic-auth", f"env,{passwords},Pond", env) as server:
        yield server


def test_it_works(served: Served) -> None:
    status, headers, _ = served.get("/env/login")
    assert (status, headers["www-authenticate"]) == (401, 'Basic realm="Pond", charset="UTF-8"')
    status, headers, _ = served.get("/env/login", basic("ada", "lovelace"))
    assert (status, headers["location"]) == (302, "/env")
    cookie = headers["set-cookie"].split(";")[0]
    assert cookie.startswith("trac_auth=")
    assert "Path=/env" in headers["set-cookie"]
    _, _, page = served.get("/env/wiki", {"Cookie": cookie})
    assert "ada" in page


def test_every_form_of_hash_opens_and_plain_text_does_not(served: Served) -> None:
    for name, password in (("ada", "lovelace"), ("jo", "käse"), ("max", "planck"), ("six", "six")):
        assert served.get("/env/login", basic(name, password))[0] == 302, name
    for name, password in (("ada", "wrong"), ("plain", "plain"), ("nobody", "x"), ("", ""), ("# people", "")):
        assert served.get("/env/login", basic(name, password))[0] == 401, name


def test_only_the_login_address_asks(served: Served) -> None:
    assert served.get("/env/wiki")[0] == 200
    assert served.get("/env/wiki", basic("ada", "lovelace"))[2].count("Sign in") > 0


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(), "Bearer x", "Basic /w=="],
)
def test_a_broken_header_is_asked_again(served: Served, header: str) -> None:
    assert served.get("/env/login", {"Authorization": header})[0] == 401


def test_a_changed_file_counts_at_once(served: Served, passwords: Path) -> None:
    passwords.write_text(passwords.read_text().replace("ada:", "eve:"))
    assert served.get("/env/login", basic("ada", "lovelace"))[0] == 401
    assert served.get("/env/login", basic("eve", "lovelace"))[0] == 302


def test_a_name_sent_by_the_visitor_is_nobody(served: Served) -> None:
    page = served.get("/env/wiki", {"Remote-User": "ada", "Remote_User": "ada"})[2]
    assert "Sign in" in page


def test_one_project_at_the_root_below_a_path(env: Path, passwords: Path) -> None:
    with tracd("-s", "--base-path", "/pond", "--basic-auth", f"env,{passwords},Pond", env) as server:
        assert server.get("/pond/login")[0] == 401
        status, headers, _ = server.get("/pond/login", basic("ada", "lovelace"))
        assert (status, headers["location"]) == (302, "/pond")
        assert 'href="/pond/wiki"' in server.get("/pond/wiki")[2]


def test_another_project_is_not_opened_by_these_passwords(
    make_env: Callable[[str], Path], passwords: Path
) -> None:
    with tracd("--basic-auth", f"one,{passwords},Pond", make_env("one"), make_env("two")) as server:
        assert server.get("/one/login", basic("ada", "lovelace"))[0] == 302
        assert server.get("/two/login", basic("ada", "lovelace"))[0] == 403


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    file = tmp_path / "htdigest"
    digest = hashlib.md5(b"ada:pond:lovelace").hexdigest()
    file.write_text(f"ada:pond:{digest}\njo:other:{digest}\n")
    return file


@pytest.fixture
def digest_served(env: Path, digests: Path) -> Iterator[Served]:
    with tracd("--auth", f"*,{digests},pond", env) as server:
        yield server


BROWSER = """
import sys
from urllib.request import HTTPCookieProcessor, HTTPDigestAuthHandler, build_opener
address, password = sys.argv[1:]
answers = HTTPDigestAuthHandler()
answers.add_password("pond", address, "ada", password)
with build_opener(answers, HTTPCookieProcessor()).open(address, timeout=20) as answer:
    print(answer.url, "ada" in answer.read().decode())
"""


def browse(server: Served, password: str) -> str:
    """Where Python's own browser ends when it signs in, and whether the page names the person."""
    address = f"http://127.0.0.1:{server.port}/env/login?referer=/env/wiki/TracGuide"
    command = [sys.executable, "-W", "ignore", "-c", BROWSER, address, password]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_digest_as_a_browser_does_it(digest_served: Served) -> None:
    assert browse(digest_served, "lovelace").endswith("/env/wiki/TracGuide True")
    refused = browse(digest_served, "wrong")
    # It tries a wrong password again and again, until it is told to wait.
    assert "401" in refused or "429" in refused


def proof(
    server: Served, *, user: str = "ada", uri: str = "/env/login", nonce: str = "", nc: str = "00000001"
) -> str:
    """A right answer to the server's question, by hand."""
    asked = server.get("/env/login")[1]["www-authenticate"]
    nonce = nonce or asked.split('nonce="')[1].split('"')[0]
    ha1, ha2 = _md5(f"{user}:pond:lovelace"), _md5(f"GET:{uri}")
    response = _md5(f"{ha1}:{nonce}:{nc}:c:auth:{ha2}")
    return (
        f'Digest username="{user}", realm="pond", nonce="{nonce}", uri="{uri}", qop=auth, nc={nc}, '
        f'cnonce="c", response="{response}"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def test_a_proof_works_once(digest_served: Served) -> None:
    header = proof(digest_served)
    assert digest_served.get("/env/login", {"Authorization": header})[0] == 302
    assert digest_served.get("/env/login", {"Authorization": header})[0] == 401


def test_a_nonce_of_somebody_else_s_is_refused(digest_served: Served) -> None:
    header = proof(digest_served, nonce="0123456789abcdef0123456789abcdef")
    assert digest_served.get("/env/login", {"Authorization": header})[0] == 401


def test_a_proof_for_another_address_or_person_is_refused(digest_served: Served) -> None:
    for header in (
        proof(digest_served, uri="/env/wiki"),
        proof(digest_served, user="jo"),
        proof(digest_served).replace("qop=auth, ", ""),
        proof(digest_served).replace("nc=00000001", "nc=x"),
        "Digest",
    ):
        assert digest_served.get("/env/login", {"Authorization": header})[0] == 401
