"""What to answer to one request of a known or unknown caller, from the records."""

import os
from http import HTTPStatus
from urllib.parse import unquote

import httptools

from underlay.metadata.content import RANDOM_SEED_BYTES, content
from underlay.metadata.described import describe
from underlay.metadata.directory import Directory, Entry
from underlay.metadata.exchange import Request, Response, plain


def answer_from_records(request: Request, directory: Directory, caller: Entry | None) -> Response:
    """404 for a caller that is not one instance, and for a path where nothing is; 405 for other than GET and HEAD."""
    if caller is None:
        return plain(HTTPStatus.NOT_FOUND, "no instance of this network has your address")
    if request.method not in ("GET", "HEAD"):
        return plain(HTTPStatus.METHOD_NOT_ALLOWED, "metadata can only be read")
    path = path_of(request.target)
    if path is None:
        return plain(HTTPStatus.BAD_REQUEST, "the path is not well-formed")
    found = content(path, describe(directory, caller), _random_seed)
    if found is None:
        return plain(HTTPStatus.NOT_FOUND, "there is nothing at this path")
    return Response(HTTPStatus.OK, found.body, found.content_type)


def path_of(target: bytes) -> str | None:
    """The decoded path of a request's target; None when it has none."""
    try:
        path = httptools.parse_url(target).path
    except httptools.HttpParserInvalidURLError:
        return None
    return unquote(path.decode("latin-1")) if path else None


def _random_seed() -> bytes:
    return os.urandom(RANDOM_SEED_BYTES)
