"""How what openstacksdk shows is compared."""


class Differences(list):
    """What was not as expected, in words."""

    def expect(self, expected, actual, what):
        """As assert, but goes on."""
        if expected != actual:
            self.append(f"{what}: expected {expected!r}, got {actual!r}")

    def refused(self, kind, call, *arguments, **attributes):
        """The call must fail so."""
        try:
            call(*arguments, **attributes)
        except kind:
            return
        self.append(f"{call.__name__}{arguments} {attributes}: not refused")


def filled(made):
    """Its attributes that the server gave a value."""
    return {key: value for key, value in made.to_dict(headers=False, computed=False).items() if value is not None}
