"""The guard: which addresses are public, and that no library gets past it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from subprocess import Popen
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core.guard import NOT_PUBLIC, current, guarded, is_public
from chalicelib.core.web_errors import Forbidden, Unreachable

FORBIDDEN = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%lo",
    "2600:1f18::1%lo",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "100::1",
    # Ways to write an address that a name's look-up would take:
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "localhost",
    "",
    "127.0.0.1 ",
    "１２７.0.0.1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
    "2600:1f18::1",
]
addresses = st.one_of(
    st.ip_addresses(v=4),
    st.ip_addresses(v=6),
    st.sampled_from([one for one in NOT_PUBLIC if one.version == 4]).flatmap(
        lambda network: st.ip_addresses(network=network)
    ),
    st.ip_addresses(network="2000::/3"),
)
STRICTER = [
    ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
]
"""What some versions of Python call global, and we do not."""


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_address_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(addresses)
@example(ip_address("255.255.255.255"))
@example(ip_address("223.255.255.255"))
def test_what_is_public_is_what_python_calls_global(address: IPv4Address | IPv6Address) -> None:
    known = address.is_global and not address.is_multicast
    if any(address in network for network in STRICTER):
        assert not is_public(str(address))
    elif address.version == 4 or address in ip_network("2000::/3"):
        assert is_public(str(address)) == known
    else:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "::{}", "64:ff9b::{}"]))
def test_no_form_that_holds_another_address_is_public(address: IPv4Address, form: str) -> None:
    assert not is_public(form.format(address))
    held = int(address)
    assert not is_public(str(IPv6Address((0x2002 << 112) | (held << 80) | 1)))  # 6to4
    assert not is_public(str(IPv6Address((0x20010000 << 96) | (held ^ 0xFFFFFFFF))))  # Teredo


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.05)
        yield server


def unseen(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return True
    return False


def by_urllib(port: int) -> None:
    urlopen(f"http://localhost:{port}/").close()


def by_socket(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def by_name(port: int) -> None:
    with socket.socket() as one:
        one.connect(("localhost", port))


def without_waiting(port: int) -> None:
    with socket.socket() as one:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))


def by_ipv6(port: int) -> None:
    with socket.socket(socket.AF_INET6) as one:
        one.connect(("::ffff:127.0.0.1", port))


def by_requests(port: int) -> None:
    import requests

    requests.get(f"http://127.0.0.1:{port}/", timeout=1)


def by_thread(port: int) -> None:
    failed: list[BaseException] = []

    def connect() -> None:
        try:
            by_socket(port)
        except Forbidden as error:
            failed.append(error)

    thread = Thread(target=connect)
    thread.start()
    thread.join()
    raise failed[0]


def by_pool(port: int) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(by_socket, port).result()


def by_datagram(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", port))


def by_file(_: int) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("/run/none")


def by_process(_: int) -> None:
    Popen(["true"]).wait()


WAYS = [
    by_urllib,
    by_socket,
    by_name,
    without_waiting,
    by_ipv6,
    by_requests,
    by_thread,
    by_pool,
    by_datagram,
    by_file,
    by_process,
]


@pytest.mark.parametrize("way", WAYS)
def test_no_library_connects_to_this_machine(way: Any, listener: socket.socket) -> None:
    with pytest.raises(Forbidden), guarded():
        way(listener.getsockname()[1])
    assert unseen(listener)


def test_a_library_cannot_keep_a_refusal_to_itself(listener: socket.socket) -> None:
    with pytest.raises(Forbidden), guarded(), suppress(Exception):
        by_socket(listener.getsockname()[1])


def test_outside_the_guard_everything_is_as_ever(listener: socket.socket) -> None:
    with guarded():
        assert current() is not None
    assert current() is None
    by_socket(listener.getsockname()[1])
    assert not unseen(listener)


def test_no_connection_is_begun_when_the_time_is_over() -> None:
    with pytest.raises(Unreachable), guarded(limit_s=0), socket.socket() as one:
        one.connect(("8.8.8.8", 443))
