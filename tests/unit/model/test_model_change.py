from typing import get_args

from underlay.model.change import KINDS, Kind, Record


def test_every_kind_is_named_once() -> None:
    """`Kind` lists the tags of the records in `Record`, in the same order, and nothing else."""
    assert tuple(KINDS.values()) == get_args(Kind)
    assert len(get_args(Record)) == len(set(KINDS.values()))
