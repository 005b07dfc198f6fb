"""What the Compute and Image APIs work with beside the records; made once, in `main`."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from underlay.api.images.directory import Checksums, Image
from underlay.model.errors import FlavorNotFound
from underlay.model.server import Flavor


class Images(Protocol):
    """As `images.directory.ImageDirectory`."""

    def images(self) -> Sequence[Image]:
        """All of them."""
        ...

    def image(self, image_id: str) -> Image:
        """By id. Raises ImageNotFound."""
        ...

    def checksums(self, image: Image) -> Checksums | None:
        """Of its bytes."""
        ...


class Compute(msgspec.Struct, frozen=True):
    """Attributes:
    flavors: in the order of the settings.
    """

    flavors: tuple[Flavor, ...]
    images: Images

    def flavor(self, flavor_id: str) -> Flavor:
        """By id. Raises FlavorNotFound."""
        for each in self.flavors:
            if each.id == flavor_id:
                return each
        raise FlavorNotFound(flavor_id)
