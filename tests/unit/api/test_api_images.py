from hashlib import md5, sha512
from pathlib import Path
from typing import Any

import pytest

from fakes.compute_site import ComputeSite


@pytest.fixture
def site(tmp_path: Path) -> ComputeSite:
    """Without a host: images need none."""
    return ComputeSite(tmp_path)


def read(site: ComputeSite, path: str) -> Any:
    """Of the Image API."""
    reply = site.server.call("GET", f"/image/v2{path}", token="member")
    assert 200 == reply.status, reply.body
    return reply.json()


def test_files_are_images(site: ComputeSite) -> None:
    """With names and formats of their descriptions, or as they look; kernels and initrds are images of their own."""
    found = {each["name"]: each for each in read(site, "/images")["images"]}
    assert {"cirros": "ari", "debian-13": "qcow2", "initrd": "ari", "vmlinuz": "aki"} == {
        name: each["disk_format"] for name, each in found.items()
    }
    cirros = found["cirros"]
    assert (found["vmlinuz"]["id"], found["initrd"]["id"], "console=ttyS0", 0) == tuple(
        cirros[name] for name in ("kernel_id", "ramdisk_id", "os_command_line", "size")
    )
    content = (site.folder / "debian").read_bytes()
    debian = read(site, f"/images/{found['debian-13']['id']}")
    assert (len(content), md5(content).hexdigest(), sha512(content).hexdigest(), 1024, 4) == tuple(
        debian[name] for name in ("size", "checksum", "os_hash_value", "min_ram", "min_disk")
    )
    assert found["debian-13"] == debian


def test_bytes_reach_hosts(site: ComputeSite) -> None:
    """By Glance's call, also without `/image`; 204 for an image without a disk; 404 for none; 401 for nobody."""
    path = f"/v2/images/{site.image('debian-13')}/file"
    for prefix in ("", "/image"):
        reply = site.server.call("GET", f"{prefix}{path}", token="host")
        assert (200, (site.folder / "debian").read_bytes()) == (reply.status, reply.body)
        assert "application/octet-stream" == reply.headers["content-type"]
    assert 204 == site.server.call("GET", f"/v2/images/{site.image()}/file", token="host").status
    missing = site.server.call("GET", "/v2/images/none/file", token="host")
    assert (404, "404 Not Found") == (missing.status, missing.json()["code"])
    assert 401 == site.server.call("GET", path, token=None).status


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=cirros", ["cirros"]),
        ("name=in:cirros,vmlinuz", ["cirros", "vmlinuz"]),
        ("disk_format=qcow2", ["debian-13"]),
        ("status=active&visibility=public", ["cirros", "debian-13", "initrd", "vmlinuz"]),
        ("visibility=private", []),
        ("tag=x", []),
        ("os_hidden=True", []),
        ("sort=name:desc&limit=2", ["vmlinuz", "initrd"]),
        ("sort_key=size&sort_dir=asc&limit=1", ["cirros"]),
    ],
)
def test_filters_and_order(site: ComputeSite, query: str, names: list[str]) -> None:
    """As clients ask."""
    assert names == [each["name"] for each in read(site, f"/images?{query}")["images"]]


def test_pages(site: ComputeSite) -> None:
    """Each names the next."""
    path, seen = "/images?limit=3", []
    while path:
        page = read(site, path)
        seen += [each["name"] for each in page["images"]]
        path = page.get("next", "").removeprefix("/v2")
    assert ["cirros", "debian-13", "initrd", "vmlinuz"] == seen
    for query in ("limit=x", "marker=none", "sort=colour"):
        assert 400 == site.server.call("GET", f"/image/v2/images?{query}", token="member").status


def test_a_file_that_is_put_there_is_an_image_at_once_and_an_unfit_description_is_told(site: ComputeSite) -> None:
    """The other images stay."""
    (site.folder / "new").write_bytes(b"raw")
    (site.folder / "bad.json").write_text("{")
    (site.folder / ".hidden").write_bytes(b"x")
    names = [each["name"] for each in read(site, "/images")["images"]]
    assert ["cirros", "debian-13", "initrd", "new", "vmlinuz"] == names
    assert "bad.json" in site.unfit
    (site.folder / "new").write_bytes(b"another")
    (new,) = read(site, "/images?name=new")["images"]
    assert md5(b"another").hexdigest() == new["checksum"]


def test_documents(site: ComputeSite) -> None:
    """Versions for anyone; schemas."""
    versions = site.server.call("GET", "/image/", token=None)
    assert (300, "v2.9") == (versions.status, versions.json()["versions"][0]["id"])
    assert "image" == read(site, "/schemas/image")["name"]
    assert "images" == read(site, "/schemas/images")["name"]
