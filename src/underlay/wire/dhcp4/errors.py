"""The one error that reading bytes of a DHCP packet may raise."""


class DhcpFormatError(ValueError):
    """The bytes are no DHCPv4 message, or an option's payload does not have the form its RFC gives it."""
