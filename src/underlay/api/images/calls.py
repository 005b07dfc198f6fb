"""`/v2/images`: list, show, bytes. Every image is public. Source: Image API v2."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from underlay.api.compute.service import Compute
from underlay.api.exchange import Answer, Ask, Endpoint, Service, answer
from underlay.api.images.directory import Image
from underlay.model.errors import HTTPBadRequest, HTTPNotFound

_LIMIT: Final = 1000
_DEFAULT_LIMIT: Final = 25
_CONTAINERS: Final = {"aki": "aki", "ari": "ari"}
_SORTS: Final = frozenset(
    {"name", "id", "created_at", "updated_at", "size", "disk_format", "container_format", "status"}
)
_PAGING: Final = frozenset({"limit", "marker", "sort", "sort_key", "sort_dir", "member_status", "tag"})


def list_images(service: Service, ask: Ask) -> Answer:
    """GET /v2/images, filtered by any attribute (`name=in:a,b` too), sorted, in pages."""
    query = dict(ask.query)
    if "tag" in query:
        return answer({"images": [], "first": "/v2/images", "schema": "/v2/schemas/images"})
    images = compute_of(service).images
    wanted = {name: text for name, text in query.items() if name not in _PAGING}
    shown = [_shown(each, service) for each in images.images()]
    found = [each for each in shown if all(_fits(each, name, text) for name, text in wanted.items())]
    for key, descending in reversed(_order(query)):
        found.sort(key=lambda each: str(each.get(key) or ""), reverse=descending)
    page, more = _page(found, query)
    body: dict[str, Any] = {"images": page, "first": f"/v2/images{_text(wanted)}", "schema": "/v2/schemas/images"}
    if more:
        body["next"] = f"/v2/images{_text({**query, 'marker': page[-1]['id']})}"
    return answer(body)


def show_image(service: Service, ask: Ask) -> Answer:
    """GET /v2/images/{id}."""
    return answer(_shown(compute_of(service).images.image(ask.path["id"]), service))


def send_image(service: Service, ask: Ask) -> Answer:
    """GET /v2/images/{id}/file; 204 for one without bytes."""
    images = compute_of(service).images
    image = images.image(ask.path["id"])
    sums = images.checksums(image)
    if image.path is None or sums is None:
        return Answer(204)
    headers = (("Content-Type", "application/octet-stream"), ("Content-MD5", sums.md5))
    return Answer(headers=headers, file=image.path)


def list_members(_: Service, __: Ask) -> Answer:
    """GET /v2/images/{id}/members: public images have none."""
    return answer({"members": [], "schema": "/v2/schemas/members"})


def show_image_schema(_: Service, __: Ask) -> Answer:
    """GET /v2/schemas/image."""
    return answer(_SCHEMA)


def show_images_schema(_: Service, __: Ask) -> Answer:
    """GET /v2/schemas/images."""
    listed = {"images": {"type": "array", "items": _SCHEMA}}
    links = {name: {"type": "string"} for name in ("first", "next", "schema")}
    return answer({"name": "images", "properties": {**listed, **links}, "links": []})


def show_versions(base: str) -> Answer:
    """GET /image."""
    versions = [
        {"id": f"v2.{minor}", "status": status, "links": [{"rel": "self", "href": f"{base}/image/v2/"}]}
        for minor, status in ((9, "CURRENT"), (7, "SUPPORTED"), (2, "SUPPORTED"), (1, "SUPPORTED"), (0, "SUPPORTED"))
    ]
    return answer({"versions": versions}, 300)


def compute_of(service: Service) -> Compute:
    """What the settings of compute and images came to; the rows of this table are not served without."""
    if service.compute is None:
        raise HTTPNotFound
    return service.compute


def _shown(image: Image, service: Service) -> dict[str, Any]:
    sums = compute_of(service).images.checksums(image)
    changed = image.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": image.id,
        "name": image.name,
        "status": "active",
        "visibility": "public",
        "owner": None,
        "disk_format": image.disk_format,
        "container_format": _CONTAINERS.get(image.disk_format, "bare"),
        "size": image.size,
        "virtual_size": None,
        "checksum": sums.md5 if sums else None,
        "os_hash_algo": "sha512" if sums else None,
        "os_hash_value": sums.sha512 if sums else None,
        "os_hidden": False,
        "protected": True,
        "min_disk": image.min_disk,
        "min_ram": image.min_ram,
        "tags": [],
        "created_at": changed,
        "updated_at": changed,
        "self": f"/v2/images/{image.id}",
        "file": f"/v2/images/{image.id}/file",
        "schema": "/v2/schemas/image",
        **image.properties,
    }


def _fits(shown: Mapping[str, Any], name: str, text: str) -> bool:
    value = shown.get(name)
    known = str(value).lower() if isinstance(value, bool) else str(value)
    if name == "visibility" and text == "all":
        return True
    if isinstance(value, bool):
        text = text.lower()
    return known in text.removeprefix("in:").split(",") if text.startswith("in:") else known == text


def _order(query: Mapping[str, str]) -> list[tuple[str, bool]]:
    """(attribute, descending), the first the most important."""
    text = query.get("sort") or f"{query.get('sort_key', 'name')}:{query.get('sort_dir', 'asc')}"
    pairs = [part.partition(":") for part in text.split(",")]
    for key, _, direction in pairs:
        if key not in _SORTS or direction not in ("", "asc", "desc"):
            raise HTTPBadRequest(f"Unsupported sort key or direction: {key}:{direction}")
    return [(key, direction == "desc") for key, _, direction in pairs]


def _page(found: list[dict[str, Any]], query: Mapping[str, str]) -> tuple[list[dict[str, Any]], bool]:
    limit = query.get("limit", str(_DEFAULT_LIMIT))
    if not limit.isdecimal():
        raise HTTPBadRequest("limit param must be positive")
    if marker := query.get("marker"):
        ids = [each["id"] for each in found]
        if marker not in ids:
            raise HTTPBadRequest("Invalid marker. Image could not be found.")
        found = found[ids.index(marker) + 1 :]
    size = min(int(limit), _LIMIT)
    return found[:size], 0 < size < len(found)


def _text(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""


def _property(kind: str, description: str) -> dict[str, Any]:
    return {"type": [kind, "null"], "description": description, "readOnly": True}


_NUMBERS: Final = ("size", "virtual_size", "min_disk", "min_ram")
_TEXTS: Final = (
    *("id", "name", "status", "visibility", "owner", "disk_format", "container_format", "checksum", "os_hash_algo"),
    *("os_hash_value", "created_at", "updated_at", "self", "file", "schema"),
)
_FLAGS: Final = ("protected", "os_hidden")
_SCHEMA: Final[Mapping[str, Any]] = {
    "name": "image",
    "properties": {
        **{name: _property("string", name) for name in _TEXTS},
        **{name: _property("integer", name) for name in _NUMBERS},
        **{name: _property("boolean", name) for name in _FLAGS},
        "tags": {"type": "array", "items": {"type": "string"}, "description": "tags"},
    },
    "additionalProperties": {"type": "string"},
    "links": [{"rel": "self", "href": "{self}"}, {"rel": "enclosure", "href": "{file}"}],
}

_ROWS: Final[tuple[tuple[str, Callable[[Service, Ask], Answer]], ...]] = (
    ("/v2/images", list_images),
    ("/v2/images/{id}", show_image),
    ("/v2/images/{id}/file", send_image),
    ("/v2/images/{id}/members", list_members),
    ("/v2/schemas/image", show_image_schema),
    ("/v2/schemas/images", show_images_schema),
)

ENDPOINTS: Final = tuple(Endpoint("GET", path, handler) for path, handler in _ROWS)
