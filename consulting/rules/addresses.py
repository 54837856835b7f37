"""Where a calendar may be fetched from: the open internet, and nothing that stands behind it (threat 30).

Python's own `is_global` is no answer: it takes NAT64, 6to4 and multicast for global. So IPv6 is the unicast block that
was given out, and from both families goes whatever leads on to another address or back to us.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from consulting.refusals.feeds import AddressClosed, AddressUnreadable

LONGEST = 1000
SCHEMES = ("http", "https")
PORTS = (None, 80, 443)
GIVEN_OUT = ip_network("2000::/3")
CLOSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Whether an address, as a resolver gives it, is one of the open internet."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found not in GIVEN_OUT:
        return False
    return found.is_global and not found.is_multicast and not any(found in net for net in CLOSED)


def place(text: str) -> httpx.URL:
    """The address as it will be asked, `webcal:` read as https; what is checked here is what is connected to.

    Raises AddressUnreadable, or AddressClosed for a name and password, another port, or an address that is not public.
    """
    text = text.strip()
    scheme, colon, rest = text.partition("://")
    if scheme.lower() in ("webcal", "webcals"):
        text = f"https{colon}{rest}"
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode()
    except (httpx.InvalidURL, UnicodeError, TypeError):
        raise AddressUnreadable from None
    if len(text) > LONGEST or url.scheme not in SCHEMES or not host or any(char.isspace() for char in text):
        raise AddressUnreadable
    if url.userinfo or url.port not in PORTS or (_is_literal(host) and not is_public(host)):
        raise AddressClosed
    return url.copy_with(fragment=None)


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
