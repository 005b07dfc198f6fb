"""DHCPv4 as values: what is on the wire (RFC 2131, RFC 2132), no sockets and no decisions.

`message.py` is the packet, `option_area.py` its options field; every other module is one family of options
with its byte layout: `addresses.py`, `numbers.py`, `text.py`, `message_type.py`, `parameter_request_list.py`,
`identifiers.py`, `static_routes.py`, `classless_routes.py`, `domain_search.py`; `names.py` reads an option
written as text by its dnsmasq name or its number.
"""
