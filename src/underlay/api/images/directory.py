"""Images are files of one directory: whoever administers the server puts them there, and nobody uploads.

`NAME` is the image NAME. `NAME.json` beside it says more: `{"name", "disk_format", "min_ram", "min_disk",
"kernel": FILE, "initrd": FILE, "kernel_args": TEXT}`, all of it optional; without `NAME` it is an image without a disk,
which boots from kernel and initrd alone. These two are images of their own, `aki` and `ari`. A file that starts with a
dot is none.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

import msgspec

from underlay.model.errors import ImageNotFound

_SUFFIX: Final = ".json"
_CHUNK_BYTES: Final = 1 << 20
_QCOW2: Final = b"QFI\xfb"
_LINUX: Final = (0x202, b"HdrS")
"""Where and by what a Linux kernel's boot header is known (the kernel's Documentation/arch/x86/boot.rst)."""


class Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `NAME.json` may say."""

    name: str = ""
    disk_format: str = ""
    kernel: str = ""
    initrd: str = ""
    kernel_args: str = ""
    min_ram: int = 0
    min_disk: int = 0


class Checksums(msgspec.Struct, frozen=True):
    """Of a file's bytes, hexadecimal."""

    md5: str
    sha512: str


class Image(msgspec.Struct, frozen=True):
    """Attributes:
    path: its bytes; None for one without.
    properties: as Glance shows them beside its own attributes (`kernel_id`, `ramdisk_id`, `os_command_line`).
    """

    id: str
    name: str
    disk_format: str
    path: Path | None
    size: int
    changed_at: datetime
    min_ram: int = 0
    min_disk: int = 0
    properties: Mapping[str, str] = {}


class ImageDirectory:
    """Looked at anew for every question: a file that is put there is an image at once. For many threads."""

    def __init__(self, path: Path, warn: Callable[[Path, str], None]) -> None:
        self._path = path
        self._warn = warn
        self._sums: dict[tuple[Path, int, int], Checksums] = {}
        self._summing: Final = Lock()

    def images(self) -> list[Image]:
        """All of them, by name."""
        described = dict(self._described())
        kernels = {one.kernel for one in described.values() if one.kernel}
        initrds = {one.initrd for one in described.values() if one.initrd}
        files = {path.name: path for path in self._files() if path.suffix != _SUFFIX}
        found = []
        for file_name in sorted({*files, *described}):
            one = described.get(file_name, Described())
            path = files.get(file_name)
            if path is None and not one.kernel:
                continue
            guessed = "aki" if file_name in kernels else "ari" if file_name in initrds else ""
            changed_at = (path or self._path / f"{file_name}{_SUFFIX}").stat().st_mtime
            found.append(_image(file_name, one, path, guessed, datetime.fromtimestamp(changed_at, UTC)))
        return found

    def image(self, image_id: str) -> Image:
        """By id. Raises ImageNotFound."""
        for each in self.images():
            if each.id == image_id:
                return each
        raise ImageNotFound(image_id)

    def checksums(self, image: Image) -> Checksums | None:
        """Of its bytes; worked out once for each state of the file. None for an image without."""
        if image.path is None:
            return None
        state = image.path.stat()
        key = (image.path, state.st_mtime_ns, state.st_size)
        with self._summing:
            if key not in self._sums:
                self._sums[key] = _checksums(image.path)
            return self._sums[key]

    def _files(self) -> Iterator[Path]:
        if not self._path.is_dir():
            return
        for path in self._path.iterdir():
            if path.is_file() and not path.name.startswith("."):
                yield path

    def _described(self) -> Iterator[tuple[str, Described]]:
        for path in self._files():
            if path.suffix == _SUFFIX:
                try:
                    yield path.name.removesuffix(_SUFFIX), msgspec.json.decode(path.read_bytes(), type=Described)
                except (OSError, msgspec.DecodeError) as unfit:
                    self._warn(path, str(unfit))


def id_of(name: str) -> str:
    """The image's id follows from its file's name: the same on every server, and after every restart."""
    return str(uuid5(NAMESPACE_DNS, f"{name}.images.underlay"))


def _image(file_name: str, one: Described, path: Path | None, guessed: str, changed_at: datetime) -> Image:
    told: dict[str, Any] = {
        "kernel_id": one.kernel and id_of(one.kernel),
        "ramdisk_id": one.initrd and id_of(one.initrd),
        "os_command_line": one.kernel_args,
    }
    return Image(
        id=id_of(file_name),
        name=one.name or file_name,
        disk_format=one.disk_format or guessed or ("ari" if path is None else _format_of(path)),
        path=path,
        size=path.stat().st_size if path else 0,
        changed_at=changed_at,
        min_ram=one.min_ram,
        min_disk=one.min_disk,
        properties={name: text for name, text in told.items() if text},
    )


def _format_of(path: Path) -> str:
    where, mark = _LINUX
    with path.open("rb") as file:
        start = file.read(where + len(mark))
    if start.startswith(_QCOW2):
        return "qcow2"
    return "aki" if start[where:] == mark else "raw"


def _checksums(path: Path) -> Checksums:
    md5, sha512 = hashlib.md5(usedforsecurity=False), hashlib.sha512()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            md5.update(chunk)
            sha512.update(chunk)
    return Checksums(md5.hexdigest(), sha512.hexdigest())
