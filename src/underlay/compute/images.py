"""Images on this host: fetched when first needed, checked, kept.

In: an image's id. Out: files in the cache, named `<id>-<start of the checksum>`; one is there whole and checked, or not
at all. A file that guests' disks lie over is never changed. Source: Image API v2, "Images" and "Image data".
"""

import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from underlay.client.errors import ClientError, Refused
from underlay.client.http import Session, refusal
from underlay.client.stream import Stream
from underlay.compute.hypervisor import GuestError, Media, NotNowError

_PATH: Final = "/v2/images"
_SILENCE_S: Final = 30.0
_DISKS: Final = frozenset({"raw", "qcow2"})
_NAME_DIGITS: Final = 16


class Image(msgspec.Struct, frozen=True):
    """An image as the server describes it.

    Attributes:
    checksum: MD5; used when the server tells no better one.
    """

    id: str
    disk_format: str = "raw"
    checksum: str | None = None
    os_hash_algo: str | None = None
    os_hash_value: str | None = None
    kernel_id: str | None = None
    ramdisk_id: str | None = None
    os_command_line: str = ""


class Images:
    """One cache folder, filled from one server."""

    def __init__(self, folder: Path, session: Session) -> None:
        self._folder = folder
        self._session = session

    def media(self, image_id: str) -> Media:
        """What a guest of that image boots from, all fetched. Raises GuestError and NotNowError."""
        image = self._describe(image_id)
        is_disk = image.disk_format in _DISKS
        if not is_disk and image.kernel_id is None:
            raise GuestError(f"image {image_id} of format {image.disk_format} is neither a disk nor names a kernel")
        initrd = image if image.disk_format == "ari" and image.ramdisk_id is None else None
        if image.ramdisk_id is not None:
            initrd = self._describe(image.ramdisk_id)
        return Media(
            kernel=None if image.kernel_id is None else self._fetched(self._describe(image.kernel_id)),
            initrd=None if initrd is None else self._fetched(initrd),
            arguments=image.os_command_line,
            disk=self._fetched(image) if is_disk else None,
            disk_format=image.disk_format if is_disk else "raw",
        )

    def _describe(self, image_id: str) -> Image:
        try:
            return self._session.fetch("GET", f"{_PATH}/{quote(image_id, safe='')}", Image)
        except Refused as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise GuestError(f"there is no image {image_id}") from error
            raise NotNowError(f"image {image_id}: {error}") from error
        except ClientError as error:
            raise NotNowError(f"image {image_id}: {error}") from error

    def _fetched(self, image: Image) -> Path:
        algorithm, wanted = _checksum(image)
        path = self._folder / f"{image.id}-{wanted[:_NAME_DIGITS]}"
        if path.exists():
            return path
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        found = hashlib.new(algorithm, usedforsecurity=False)
        try:
            stream = self._opened(f"{_PATH}/{quote(image.id, safe='')}/file")
            try:
                with part.open("wb") as file:
                    for chunk in stream.chunks():
                        found.update(chunk)
                        file.write(chunk)
            finally:
                stream.close()
        except (ClientError, OSError) as error:
            part.unlink(missing_ok=True)
            raise NotNowError(f"image {image.id} could not be fetched: {error}") from error
        if found.hexdigest() != wanted:
            part.unlink()
            raise NotNowError(f"image {image.id}: what came has another {algorithm} checksum than the server says")
        part.chmod(0o444)
        part.replace(path)
        return path

    def _opened(self, path: str) -> Stream:
        """The answer's head has come. Raises ClientError."""
        token: str | None = self._session.token()
        while True:
            stream = self._session.stream(path, (), _SILENCE_S)
            reply = stream.open({"X-Auth-Token": token or "", "Accept": "application/octet-stream"})
            if reply.status == HTTPStatus.OK:
                return stream
            stream.close()
            renewed = self._session.renew(token or "") if reply.status == HTTPStatus.UNAUTHORIZED else None
            if renewed is None or renewed == token:
                raise refusal(reply)
            token = renewed


def _checksum(image: Image) -> tuple[str, str]:
    """Algorithm and hexadecimal digits. Raises GuestError when the server tells none that we know."""
    if image.os_hash_value and image.os_hash_algo and image.os_hash_algo in hashlib.algorithms_guaranteed:
        return image.os_hash_algo, image.os_hash_value
    if image.checksum:
        return "md5", image.checksum
    raise GuestError(f"the server tells no checksum of image {image.id}")
