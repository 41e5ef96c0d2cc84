"""`dispatch_request`, the WSGI callable that existing trac.wsgi files import."""

from trackside.hosting.wsgi import application as dispatch_request

__all__ = ["dispatch_request"]
