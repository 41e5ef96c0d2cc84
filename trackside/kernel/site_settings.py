"""The options of trac.ini that belong to the whole site, or to parts of Trac that no feature stands for."""

from __future__ import annotations

from pathlib import Path

from trackside.kernel.settings import choice, option, path, settings


@settings("trac")
class TracSettings:
    anonymous_session_lifetime: int = option(
        90, doc="Days after which the session of a visitor who stays away is dropped; 0 keeps it for ever."
    )
    auth_cookie_domain: str = option("", doc="Domain of the login cookie; empty for this host only.")
    auth_cookie_lifetime: int = option(0, doc="Seconds that a login lasts; 0 until the browser is closed.")
    auth_cookie_path: str = option("", doc="Path of the login cookie; empty for that of the project.")
    auto_preview_timeout: float = option(
        2.0, doc="Seconds without typing after which the preview follows; 0 for no preview."
    )
    auto_reload: bool = option(False, doc="Read templates again when their files change.")
    backup_dir: str = option(
        "db", doc="Where `upgrade` puts its copy of the database, relative to the environment."
    )
    base_url: str = option(
        "", doc="Address of the project, for links in mail and in other places outside pages."
    )
    check_auth_ip: bool = option(False, doc="Accept the login cookie only from the address it was given to.")
    database: str = option("sqlite:db/trac.db", doc="Where the data are: sqlite:, postgres: or mysql:.")
    debug_sql: bool = option(False, doc="Log every statement at level DEBUG.")
    default_charset: str = option("utf-8", doc="Encoding of files that do not tell theirs.")
    default_date_format: str = choice(
        "", "iso8601", doc="How dates are written: empty for the way of the language, or iso8601."
    )
    default_dateinfo_format: str = choice(
        "relative", "absolute", doc="Whether moments are told as ages or as dates."
    )
    default_handler: str = option("WikiModule", doc="The component that answers the front page.")
    default_language: str = option("", doc="Language for visitors who ask for none.")
    default_timezone: str = option("", doc="Time zone for visitors who chose none.")
    htdocs_location: str = option(
        "", doc="Address where a web server has the common static files; empty to serve them from here."
    )
    ignore_auth_case: bool = option(False, doc="Turn login names into lower case.")
    jquery_location: str = option("", doc="Another address for jQuery, for plugins that want it.")
    jquery_ui_location: str = option("", doc="Another address for jQuery UI.")
    jquery_ui_theme_location: str = option("", doc="Another address for the theme of jQuery UI.")
    mysqldump_path: str = option("mysqldump", doc="The program that copies a MySQL database.")
    never_obfuscate_mailto: bool = option(False, doc="Show the addresses in `mailto:` links to everybody.")
    permission_policies: tuple[str, ...] = option(
        ("DefaultWikiPolicy", "DefaultTicketPolicy", "DefaultPermissionPolicy", "LegacyAttachmentPolicy"),
        doc="The policies that decide on permissions, in the order in which they are asked.",
    )
    permission_store: str = option("DefaultPermissionStore", doc="The component that keeps permissions.")
    pg_dump_path: str = option("pg_dump", doc="The program that copies a PostgreSQL database.")
    request_filters: tuple[str, ...] = option((), doc="Filters of requests that come before all others.")
    resizable_textareas: bool = option(True, doc="Let text areas be dragged to another size.")
    secure_cookies: bool = option(False, doc="Send cookies over HTTPS only.")
    show_email_addresses: bool = option(False, doc="Show e-mail addresses to everybody.")
    show_full_names: bool = option(True, doc="Show the names of people in place of their logins.")
    timeout: int = option(20, doc="Seconds to wait for a connection to the database.")
    use_base_url_for_redirect: bool = option(
        False, doc="Take `base_url` for the address of every request, behind a proxy that hides it."
    )
    use_chunked_encoding: bool = option(True, doc="Send long pages in pieces.")
    use_xsendfile: bool = option(False, doc="Leave it to the web server to send files.")
    wiki_toolbars: bool = option(True, doc="Show buttons for wiki markup above text areas.")
    xsendfile_header: str = option(
        "X-Sendfile", doc="The header that tells the web server which file to send."
    )


@settings("project")
class ProjectSettings:
    admin: str = option("", doc="E-mail address of the administrator.")
    admin_trac_url: str = option(
        ".",
        doc="Address of the tracker that takes reports of internal errors; `.` for this one, empty for none.",
    )
    descr: str = option("My example project", doc="What the project is about, in a line.")
    footer: str = option("Kept with Trackside", doc="HTML at the right of the foot of each page.")
    icon: str = option("common/trac.ico", doc="The icon of the site.")
    name: str = option("My Project", doc="Name of the project.")
    url: str = option("", doc="Home page of the project, for the foot of mails.")


@settings("logging")
class LoggingSettings:
    log_file: str = option("trac.log", doc="The file for `log_type = file`, relative to `log`.")
    log_format: str = option(
        "", doc="Form of a line, with `$(message)s` and the like; empty for the usual one."
    )
    log_level: str = choice(
        "INFO",
        "ALL",
        "CRITICAL",
        "DEBUG",
        "ERROR",
        "WARN",
        "WARNING",
        ignores_case=True,
        doc="What is worth a line.",
    )
    log_type: str = choice(
        "file",
        "eventlog",
        "none",
        "nteventlog",
        "stderr",
        "syslog",
        "unix",
        "winlog",
        ignores_case=True,
        doc="Where lines go.",
    )


@settings("inherit")
class InheritSettings:
    htdocs_dir: Path | None = path(
        doc="Static files shared by several projects, served below `/chrome/shared`."
    )
    plugins_dir: Path | None = path(doc="Plugins shared by several projects.")
    templates_dir: Path | None = path(doc="Templates shared by several projects.")


@settings("header_logo")
class HeaderLogoSettings:
    alt: str = option("(no logo yet: see [header_logo] in trac.ini)", doc="Text in place of the logo.")
    height: int = option(-1, doc="Height in pixels; negative for that of the picture.")
    link: str = option("", doc="Where the logo leads to.")
    src: str = option(
        "site/your_project_logo.png",
        doc="The picture: `site/…` from the environment's `htdocs`, `common/…`, or an address.",
    )
    width: int = option(-1, doc="Width in pixels; negative for that of the picture.")


@settings("sqlite")
class SqliteSettings:
    extensions: tuple[str, ...] = option(
        (), doc="Libraries that are loaded into each connection, relative to the environment."
    )


@settings("notification")
class NotificationSettings:
    admit_domains: tuple[str, ...] = option((), doc="Domains that are mailed although they look incomplete.")
    ambiguous_char_width: str = option(
        "single", doc="Width of characters that East Asian fonts draw wide: single or double."
    )
    batch_subject_template: str = option(
        "${prefix} Batch modify: ${tickets_descr}",
        doc="Subject of mail about several tickets changed at once.",
    )
    default_format_email: str = option(
        "text/plain", name="default_format.email", doc="Format of mail for who chose none."
    )
    email_address_resolvers: tuple[str, ...] = option(
        ("SessionEmailResolver",), doc="The components that are asked for somebody's address, in order."
    )
    email_sender: str = option("SmtpEmailSender", doc="The component that sends: over SMTP or by sendmail.")
    ignore_domains: tuple[str, ...] = option((), doc="Domains that are never mailed.")
    message_id_hash: str = option("md5", doc="The hash that message ids are made with.")
    mime_encoding: str = option("none", doc="Encoding of mail: none, base64 or qp.")
    sendmail_path: str = option("sendmail", doc="The program for sending without SMTP.")
    smtp_always_bcc: tuple[str, ...] = option(
        (), separators=", ", doc="Addresses that get everything, unseen by the others."
    )
    smtp_always_cc: tuple[str, ...] = option((), separators=", ", doc="Addresses that get everything.")
    smtp_default_domain: str = option("", doc="The domain for addresses without one.")
    smtp_enabled: bool = option(False, doc="Send mail at all.")
    smtp_from: str = option("trac@localhost", doc="The address that mail comes from.")
    smtp_from_author: bool = option(False, doc="Let mail come from the author of the change.")
    smtp_from_name: str = option("", doc="The name that mail comes from.")
    smtp_password: str = option("", doc="Password for the mail server.")
    smtp_port: int = option(25, doc="Port of the mail server.")
    smtp_replyto: str = option("trac@localhost", doc="The address for answers.")
    smtp_server: str = option("localhost", doc="The mail server.")
    smtp_subject_prefix: str = option(
        "__default__", doc="What subjects begin with; `__default__` for the name of the project in brackets."
    )
    smtp_user: str = option("", doc="Login for the mail server.")
    ticket_subject_template: str = option(
        "${prefix} #${ticket.id}: ${summary}", doc="Subject of mail about a ticket."
    )
    use_public_cc: bool = option(False, doc="Let all who get a mail see each other.")
    use_short_addr: bool = option(False, doc="Mail to addresses without a domain.")
    use_tls: bool = option(False, doc="Encrypt the way to the mail server.")


@settings("versioncontrol")
class VersionControlSettings:
    allowed_repository_dir_prefixes: tuple[str, ...] = option(
        (), doc="Directories below which repositories may be registered on the web; empty for any."
    )
    default_repository_type: str = option("svn", doc="Type of repositories that do not tell theirs.")


@settings("browser")
class BrowserSettings:
    color_scale: bool = option(True, doc="Colour the ages of files.")
    downloadable_paths: tuple[str, ...] = option(
        ("/trunk", "/branches/*", "/tags/*"), doc="Paths that may be fetched as an archive; empty for none."
    )
    hide_properties: tuple[str, ...] = option(("svk:merge",), doc="Properties that are not shown.")
    intermediate_color: str = option("", doc="Colour of the middle of the scale, as (r,g,b).")
    intermediate_point: str = option("", doc="Where that middle lies, between 0 and 1.")
    newest_color: str = option("(255, 136, 136)", doc="Colour of the newest, as (r,g,b).")
    oldest_color: str = option("(136, 136, 255)", doc="Colour of the oldest, as (r,g,b).")
    oneliner_properties: tuple[str, ...] = option(
        ("trac:summary",), doc="Properties that are shown as a line of wiki text."
    )
    render_unsafe_content: bool = option(False, doc="Show files as they are, though they may run scripts.")
    wiki_properties: tuple[str, ...] = option(
        ("trac:description",), doc="Properties that are shown as wiki text."
    )


@settings("changeset")
class ChangesetSettings:
    max_diff_bytes: int = option(10000000, doc="Size of the files up to which differences are shown.")
    max_diff_files: int = option(0, doc="Number of files up to which differences are shown; 0 for any.")
    wiki_format_messages: bool = option(True, doc="Read commit messages as wiki text.")


@settings("revisionlog")
class RevisionLogSettings:
    default_log_limit: int = option(100, doc="Revisions on a page.")
    graph_colors: tuple[str, ...] = option(
        ("#cc0", "#0c0", "#0cc", "#00c", "#c0c", "#c00"), doc="Colours of the branches of the graph."
    )


@settings("svn")
class SvnSettings:
    authz_file: Path | None = path(doc="Subversion's access file.")
    authz_module_name: str = option("", doc="The default repository's name in that file.")
    branches: tuple[str, ...] = option(
        ("trunk", "branches/*"), is_optional=True, doc="Paths of branches; `*` for each directory there."
    )
    eol_style: str = choice(
        "native", "LF", "CRLF", "CR", is_optional=True, doc="Line ends of files with svn:eol-style = native."
    )
    tags: tuple[str, ...] = option(
        ("tags/*",), is_optional=True, doc="Paths of tags; `*` for each directory there."
    )


@settings("git")
class GitSettings:
    cached_repository: bool = option(False, is_optional=True, doc="Keep the commits in the database.")
    git_bin: str = option("git", is_optional=True, doc="The git program.")
    git_fs_encoding: str = option("utf-8", is_optional=True, doc="Encoding of paths.")
    persistent_cache: bool = option(False, is_optional=True, doc="Keep the commits in memory.")
    shortrev_len: int = option(7, is_optional=True, doc="Length of a shown commit hash, from 4 to 40.")
    trac_user_rlookup: bool = option(False, is_optional=True, doc="Find the login of a committer by address.")
    use_committer_id: bool = option(True, is_optional=True, doc="Name the committer, not the author.")
    use_committer_time: bool = option(True, is_optional=True, doc="Show the time of the commit itself.")
    wikishortrev_len: int = option(
        40, is_optional=True, doc="Shortest hash that becomes a link in wiki text, from 4 to 40."
    )


@settings("gitweb-repositories")
class GitwebSettings:
    projects_base: Path | None = path(
        is_optional=True, doc="The directory with the repositories of the list."
    )
    projects_list: Path | None = path(is_optional=True, doc="A list of repositories as gitweb keeps it.")
    projects_url: str = option("", is_optional=True, doc="Address of a repository, with %s for its name.")
    sync_per_request: tuple[str, ...] = option(
        (), is_optional=True, doc="Repositories that are looked at with each request."
    )


@settings("authz_policy")
class AuthzPolicySettings:
    authz_file: Path | None = path(is_optional=True, doc="The file with the rules of AuthzPolicy.")


@settings("ticket")
class CommitTicketUpdateSettings:
    commit_ticket_update_check_perms: bool = option(
        True, is_optional=True, doc="Ask whether the committer may change the ticket."
    )
    commit_ticket_update_commands_close: str = option(
        "close closed closes fix fixed fixes",
        name="commit_ticket_update_commands.close",
        is_optional=True,
        doc="Words in a commit message that close a ticket.",
    )
    commit_ticket_update_commands_refs: str = option(
        "addresses re references refs see",
        name="commit_ticket_update_commands.refs",
        is_optional=True,
        doc="Words in a commit message that only mention a ticket.",
    )
    commit_ticket_update_envelope: str = option(
        "", is_optional=True, doc="Two characters that must enclose such words, as []; empty for none."
    )
    commit_ticket_update_notify: bool = option(True, is_optional=True, doc="Send mail about these changes.")


SITE_SETTINGS: tuple[type, ...] = (
    TracSettings,
    ProjectSettings,
    LoggingSettings,
    InheritSettings,
    HeaderLogoSettings,
    SqliteSettings,
    NotificationSettings,
    VersionControlSettings,
    BrowserSettings,
    ChangesetSettings,
    RevisionLogSettings,
    SvnSettings,
    GitSettings,
    GitwebSettings,
    AuthzPolicySettings,
    CommitTicketUpdateSettings,
)
