"""Commands on the tags of any record that has such."""

import msgspec

from underlay.model.change import Kind


class TagTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose tags. `collection` is how the API calls its kind, for what is told of it."""

    kind: Kind
    collection: str
    id: str


class ReplaceTags(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """These and no others; () for none."""

    target: TagTarget
    tags: tuple[str, ...]
    revision: int | None = None


class AddTags(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """These besides those that there are."""

    target: TagTarget
    tags: tuple[str, ...]
    revision: int | None = None


class RemoveTag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: TagTarget
    tag: str
    revision: int | None = None


TagCommand = ReplaceTags | AddTags | RemoveTag
