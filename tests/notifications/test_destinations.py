"""Which addresses are called: public ones by https, and those that the place lists."""

import socket
from ipaddress import ip_address

import pytest

from app.core.destinations import DestinationRefused, read_destination, read_listed, require_callable

NASTY = [
    ("http://wa.example.go.id/", "needs-https"),
    ("HTTPS://wa.example.go.id/", "not-an-address"),
    ("ftp://wa.example.go.id/", "not-an-address"),
    ("file:///etc/passwd", "not-an-address"),
    ("gopher://wa.example.go.id:70/_x", "not-an-address"),
    ("https:/wa.example.go.id", "not-an-address"),
    ("https://", "host"),
    ("https:///kait", "host"),
    ("//wa.example.go.id/", "not-an-address"),
    (" https://wa.example.go.id/", "not-an-address"),
    ("https://wa.example.go.id/ kait", "not-an-address"),
    ("https://wa.example.go.id/\r\nhost: x", "not-an-address"),
    ("https://wa.example.go.id/#bagian", "not-an-address"),
    ("https://admin:rahasia@wa.example.go.id/", "credentials"),
    ("https://wa.example.go.id@127.0.0.1/", "credentials"),
    ("https://wa.example.go.id\\@127.0.0.1/", "credentials"),
    ("https://127.0.0.1\\.example.go.id/", "host"),
    ("https://localhost/", "host"),
    ("https://gateway/", "host"),
    ("https://wa.example.go.id./", "host"),
    ("https://127.0.0.1./", "host"),
    ("https://.example.go.id/", "host"),
    ("https://wa..go.id/", "host"),
    ("https://-wa.example.go.id/", "host"),
    ("https://wa_gateway.example.go.id/", "host"),
    (f"https://{'a' * 64}.go.id/", "host"),
    ("https://wa.exämple.go.id/", "host"),
    ("https://①②⑦.⓪.⓪.①/", "host"),
    ("https://127。0。0。1/", "host"),
    ("https://wa%2eexample.go.id/", "host"),
    ("https://2130706433/", "host"),
    ("https://0x7f000001/", "host"),
    ("https://0x7f.0.0.1/", "host"),
    ("https://017700000001/", "host"),
    ("https://0177.0.0.1/", "host"),
    ("https://127.1/", "host"),
    ("https://127.0.0.0x1/", "host"),
    ("https://127.0.0.01/", "host"),
    ("https://1.2.3.4.5/", "host"),
    ("https://wa.example.go.1/", "host"),
    ("https://0/", "host"),
    ("https://127.0.0.1/", "address"),
    ("https://127.8.9.1/", "address"),
    ("https://0.0.0.0/", "address"),
    ("https://10.1.2.3/", "address"),
    ("https://172.16.0.1/", "address"),
    ("https://192.168.1.1/", "address"),
    ("https://100.64.0.1/", "address"),
    ("https://169.254.169.254/latest/meta-data/", "address"),
    ("https://168.63.129.16/", "address"),
    ("https://192.0.2.1/", "address"),
    ("https://198.18.0.1/", "address"),
    ("https://192.88.99.1/", "address"),
    ("https://224.0.0.1/", "address"),
    ("https://255.255.255.255/", "address"),
    ("https://[::1]/", "address"),
    ("https://[::]/", "address"),
    ("https://[::ffff:127.0.0.1]/", "address"),
    ("https://[::ffff:7f00:1]/", "address"),
    ("https://[::ffff:8.8.8.8]/", "address"),
    ("https://[::127.0.0.1]/", "address"),
    ("https://[64:ff9b::7f00:1]/", "address"),
    ("https://[2002:7f00:1::]/", "address"),
    ("https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "address"),
    ("https://[fd00::1]/", "address"),
    ("https://[fd00:ec2::254]/", "address"),
    ("https://[fe80::1]/", "address"),
    ("https://[fec0::1]/", "address"),
    ("https://[ff02::1]/", "address"),
    ("https://[fe80::1%25eth0]/", "host"),
    ("https://[::1", "host"),
    ("https://wa.example.go.id:22/", "port"),
    ("https://wa.example.go.id:80/", "port"),
    ("https://wa.example.go.id:0/", "port"),
    ("https://wa.example.go.id:65536/", "port"),
    ("https://wa.example.go.id:5432/", "port"),
    ("https://wa.example.go.id:443:80/", "host"),
]


@pytest.mark.parametrize(("url", "why"), NASTY)
def test_a_nasty_address_is_refused(url: str, why: str) -> None:
    with pytest.raises(DestinationRefused) as refused:
        read_destination(url, ())
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://wa.example.go.id", "wa.example.go.id", 443),
        ("https://WA.Example.go.id:8443/kait?x=1", "wa.example.go.id", 8443),
        ("https://xn--wa-lka.example.go.id/", "xn--wa-lka.example.go.id", 443),
        ("https://8.8.8.8/kait", "8.8.8.8", 443),
        ("https://[2606:4700::1111]:443/kait", "2606:4700::1111", 443),
    ],
)
def test_an_ordinary_address_is_taken(url: str, host: str, port: int) -> None:
    where = read_destination(url, ())
    assert (where.host, where.port, where.url) == (host, port, url)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("10.1.2.3", "http://10.1.2.3:3000/"),
        ("10.1.2.3:3000", "http://10.1.2.3:3000/"),
        ("10.1.0.0/16", "http://10.1.2.3/"),
        ("127.0.0.1", "http://127.0.0.1:9999/"),
        ("localhost", "http://localhost:9999/"),
        ("gateway:3000", "http://gateway:3000/"),
        ("WA.example.go.id", "http://wa.example.go.id/"),
        ("[fd00::7]:3000", "http://[fd00::7]:3000/"),
        ("[fd00::/8]", "https://[fd12::7]/"),
    ],
)
def test_a_listed_host_is_reached_in_any_way_that_its_entry_allows(entry: str, url: str) -> None:
    read_destination(url, [read_listed(entry)])


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("10.1.2.3:3000", "http://10.1.2.3:3001/"),
        ("10.1.2.3", "http://10.1.2.4/"),
        ("10.1.0.0/16", "http://10.2.0.1/"),
        ("wa.example.go.id", "http://jahat.wa.example.go.id/"),
        ("gateway:3000", "http://gateway/"),
        ("169.254.0.0/16", "http://169.254.169.254/"),
        ("0.0.0.0/0", "http://0.0.0.0/"),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/"),
        ("127.0.0.1", "http://2130706433/"),
        ("127.0.0.1", "http://0177.0.0.1/"),
    ],
)
def test_a_list_opens_what_it_names_and_no_more(entry: str, url: str) -> None:
    with pytest.raises(DestinationRefused):
        read_destination(url, [read_listed(entry)])


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "https://wa.example.go.id",
        "wa.example.go.id/kait",
        "10.1.2.3/40",
        "10.1.2.3/8",
        "a b",
        "x:0",
        "x:99999",
        "*",
    ],
)
def test_an_entry_that_names_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        read_listed(entry)


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "fd00::1"])
def test_a_listed_name_may_lead_inside_and_another_name_may_not(address: str) -> None:
    listed = [read_listed("wa.example.go.id")]
    require_callable("wa.example.go.id", ip_address(address), 443, listed)
    with pytest.raises(DestinationRefused):
        require_callable("lain.example.go.id", ip_address(address), 443, listed)


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::ffff:10.1.2.3"])
def test_no_list_leads_to_metadata_or_to_many(address: str) -> None:
    with pytest.raises(DestinationRefused):
        require_callable("wa.example.go.id", ip_address(address), 443, [read_listed("wa.example.go.id")])


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_spellings_that_a_resolver_takes_for_an_address_are_known_as_such(spelling: str) -> None:
    """The system would go to the loopback for each of them, which is why none is taken for a name."""
    assert socket.gethostbyname(spelling) == "127.0.0.1"
    with pytest.raises(DestinationRefused):
        read_destination(f"https://{spelling}/", ())
