"""How a step ended. A value, so that one step's trouble is never another's exception."""

import msgspec


class Done(msgspec.Struct, frozen=True):
    """The step's effect is there."""


class Retry(msgspec.Struct, frozen=True):
    """It is not, and trying again may help."""

    reason: str


class Failed(msgspec.Struct, frozen=True):
    """It is not, and somebody must act; it is tried again all the same, slowly."""

    reason: str


Outcome = Done | Retry | Failed
