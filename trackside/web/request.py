"""The request as views see it: parameters that are known to be text, and the visitor's session."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import cached_property
from typing import IO
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import FileStorage, Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.wrappers import Request as WerkzeugRequest

from trackside.kernel.errors import Invalid, NotFound

_HOST = re.compile(r"[A-Za-z0-9._-]{1,255}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_BROKEN = "The request holds bytes that are not UTF-8 text."
_NUL = "The request holds a NUL character."
MAX_FORM_MEMORY = 12 * 1024 * 1024
MAX_FORM_PARTS = 1000

FormData = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class _ByteParser(MultiPartParser):
    """Reads multipart fields one character a byte, so that broken UTF-8 is seen and not replaced."""

    def get_part_charset(self, headers: Headers) -> str:
        return "latin-1"


class _FormParser(FormDataParser):
    def _parse_multipart(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str],
    ) -> FormData:
        parser = _ByteParser(
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
        )
        boundary = options.get("boundary", "").encode("ascii", "replace")
        if not boundary:
            raise Invalid("The form was sent without its boundary.")
        try:
            form, files = parser.parse(stream, boundary, content_length)
        except UnicodeDecodeError:
            raise Invalid(_BROKEN) from None
        decoded: MultiDict[str, str] = MultiDict(
            [(name, _strict(value.encode("latin-1"))) for name, value in form.items(multi=True)]
        )
        return stream, decoded, files


class Request(WerkzeugRequest):
    """Werkzeug's request with strict text. `session` and `form_token` are set by the app."""

    form_data_parser_class = _FormParser
    max_form_memory_size = MAX_FORM_MEMORY
    max_form_parts = MAX_FORM_PARTS
    session: MutableMapping[str, str]
    form_token: str = ""
    nonce: str = ""

    @property
    def is_xhr(self) -> bool:
        return self.headers.get("X-Requested-With", "") == "XMLHttpRequest" or "HX-Request" in self.headers

    @cached_property
    def parameters(self) -> MultiDict[str, str]:
        """As Trac reads them: from the body of a POST only, else from the query string."""
        return self.form if self.method == "POST" else self.args

    @cached_property
    def notices(self) -> list[str]:
        return []

    @cached_property
    def warnings(self) -> list[str]:
        return []

    @cached_property
    def site_origin(self) -> str:
        """Scheme and host that the visitor used, for absolute links; `check` has looked at it."""
        return f"{self.scheme}://{self.environ.get('HTTP_HOST') or self.host}"


def check(request: Request) -> None:
    """Refuse what is not text before anything looks at it: NotFound for a path, Invalid for parameters.

    For a POST this reads the form.
    """
    host = request.environ.get("HTTP_HOST", "")
    if host and not _HOST.fullmatch(host):
        raise Invalid("The Host header is not a host name.")
    _check_path(request.environ.get("PATH_INFO", "") + request.environ.get("SCRIPT_NAME", ""))
    query = request.environ.get("QUERY_STRING", "")
    if "%" in query or not query.isascii():
        _strict(unquote_to_bytes(query.encode("latin-1")))
    if request.method == "POST":
        _check_form(request)


def _check_path(path: str) -> None:
    try:
        if "\0" in path.encode("latin-1").decode("utf-8"):
            raise NotFound("There is no such page.")
    except UnicodeError:
        raise NotFound("There is no such page.") from None


def _check_form(request: Request) -> None:
    if request.mimetype == "application/x-www-form-urlencoded":
        if (request.content_length or 0) > MAX_FORM_MEMORY:
            raise RequestEntityTooLarge
        data = request.get_data(cache=True)
        if data.count(b"&") >= MAX_FORM_PARTS:
            raise RequestEntityTooLarge
        _strict(unquote_to_bytes(data.replace(b"+", b" ")))
    for name, value in [*request.form.items(multi=True), *request.args.items(multi=True)]:
        if "\0" in name or "\0" in value:
            raise Invalid(_NUL)
    for name, file in request.files.items(multi=True):
        if "\0" in name or "\0" in (file.filename or ""):
            raise Invalid(_NUL)


def _strict(data: bytes) -> str:
    if b"\0" in data:
        raise Invalid(_NUL)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(_BROKEN) from None
