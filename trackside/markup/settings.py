"""The options of trac.ini that decide how texts and files are rendered."""

from __future__ import annotations

from trackside.kernel.settings import option, settings


@settings("wiki")
class WikiMarkupSettings:
    ignore_missing_pages: bool = option(False, doc="Leave CamelCase names of missing pages as plain text.")
    split_page_names: bool = option(False, doc="Show CamelCase names as separate words.")
    render_unsafe_content: bool = option(
        False, doc="Let HTML in wiki pages through unchecked. Only for sites whose authors are all trusted."
    )
    safe_schemes: tuple[str, ...] = option(
        (
            "cvs",
            "file",
            "ftp",
            "git",
            "irc",
            "http",
            "https",
            "news",
            "sftp",
            "smb",
            "ssh",
            "svn",
            "svn+ssh",
        ),
        doc="Schemes of addresses that become links.",
    )
    safe_origins: tuple[str, ...] = option(
        ("data:",), doc="Where images may come from without being fetched anonymously; * for everywhere."
    )


@settings("mimeviewer")
class MimeSettings:
    tab_width: int = option(8, doc="Blanks for a tab in previews.")
    max_preview_size: int = option(262144, doc="Files of this many bytes and more are not shown.")
    mime_map: tuple[str, ...] = option(
        ("text/x-dylan:dylan", "text/x-idl:ice", "text/x-ada:ads:adb"),
        doc="More file name endings, as `type:ending:ending`.",
    )
    mime_map_patterns: tuple[str, ...] = option(
        (r"text/plain:README(?!\.rst)|INSTALL(?!\.rst)|COPYING.*",),
        doc="Types by file name, as `type:regular expression`.",
    )
    treat_as_binary: tuple[str, ...] = option(
        (
            "application/octet-stream",
            "application/pdf",
            "application/postscript",
            "application/msword",
            "application/rtf",
        ),
        doc="Types that are never shown as text.",
    )
    pygments_default_style: str = option("trac", doc="The colours of highlighted code.")
    pygments_modes: tuple[str, ...] = option((), doc="Highlighters for types, as `type:lexer:quality`.")
    default_charset: str = option(
        "utf-8", section="trac", doc="Encoding of files that do not tell which one they use."
    )


@settings("trac")
class MailAddressSettings:
    show_email_addresses: bool = option(False, doc="Show e-mail addresses to everybody.")
    never_obfuscate_mailto: bool = option(False, doc="Leave `mailto:` links as they are.")
