import pytest

from leashd_hooks.hosts import file_path, reach, split_url

REACH = {
    "example.org": "public",
    "8.8.8.8": "public", "EXAMPLE.org.": "public", "172.32.0.1": "public", "100.128.0.1": "public",
    "notlocalhost.com": "public", "2606:4700::1111": "public", "10.example.com": "public", "local.example": "public",
    "localhost": "local", "LOCALHOST": "local", "a.localhost": "local", "127.0.0.1": "local", "127.1": "local",
    "2130706433": "local", "0x7f000001": "local", "0x7f.1": "local", "017700000001": "local", "0177.0.0.1": "local",
    "0": "local", "0.0.0": "local", "::1": "local", "[::1]": "local", "::": "local", "::ffff:127.0.0.1": "local",
    "0:0:0:0:0:0:0:1": "local", "::ffff:7f00:1": "local", "64:ff9b::127.0.0.1": "local", "lvh.me": "local",
    "127.0.0.\uff11": "local", "2002:7f00:1::": "local", "::g": "local",
    "169.254.169.254": "metadata", "2852039166": "metadata", "0xa9fea9fe": "metadata", "169.254.43518": "metadata",
    "metadata.google.internal": "metadata", "fd00:ec2::254": "metadata", "[fd00:ec2::254]": "metadata",
    "::ffff:169.254.169.254": "metadata", "metadata": "metadata", "169.254.170.2": "metadata",
    "10.0.0.1": "private", "172.16.0.1": "private", "172.31.255.255": "private", "192.168.1.1": "private",
    "100.64.0.1": "private", "169.254.1.1": "private", "fe80::1%eth0": "private", "fc00::1": "private",
    "fd12::1": "private",
    "host.docker.internal": "private",
    "printer.local": "private", "x.internal": "private", "redis": "private", "10.0.0.1.nip.io": "private",
    "224.0.0.1": "private", "kubernetes.default.svc": "private", "vault.service.consul": "private",
    "a.localh.st": "local", "vcap.me": "local", "10.0.0.1.1u.ms": "private",
    "::ffff:0:127.0.0.1": "local", "::ffff:0:169.254.169.254": "metadata", "64:ff9b:1::a9fe:a9fe": "metadata",
}  # fmt: skip


FILES = {
    "file:///etc/x": "/etc/x", "FILE:/etc/x": "/etc/x", "file://localhost/etc/x": "/etc/x", "file://etc/x": "/x",
    "file:////etc/x": "/etc/x", " file:///a/./b/../%2eenv?x#y": "/a/.env", "view-source:file:///etc/x": "/etc/x",
    "file:\\\\\\etc\\x": "/etc/x", "file:///../../x": "/x", "https://example.org/file:///x": None, "/etc/x": None,
    "profile:///x": None,
}  # fmt: skip


@pytest.mark.parametrize("url", FILES)
def test_the_path_that_a_file_url_names(url):
    assert file_path(url) == FILES[url]


@pytest.mark.parametrize("host", REACH)
def test_reach(host):
    assert reach(host) == REACH[host]


URLS = {
    "https://example.org/a?b": ("https", "example.org", 443),
    "HTTP://Example.org:8080": ("http", "example.org", 8080),
    "example.org/x": ("", "example.org", None),
    "example.org:8080/x": ("", "example.org", 8080),
    "http://u:p@127.0.0.1:3000/": ("http", "127.0.0.1", 3000),
    "http://good.org@evil.org/": ("http", "evil.org", 80),
    "http://good.org#@evil.org/": ("http", "good.org", 80),
    "http://[::1]:3000/x": ("http", "::1", 3000),
    "http://[fd00:ec2::254]/": ("http", "fd00:ec2::254", 80),
    "http://%6c%6fcalhost/": ("http", "localhost", 80),
    "http://good.org\\@evil.org/": ("http", "", None),
    "http://{a,b}.org/": ("http", "", None),
    "http://10.0.0.[1-9]/": ("http", "", None),
    "file:///etc/passwd": ("file", "", None),
    "git@github.com:a/b": ("", "github.com", None),
    "https://example.org./": ("https", "example.org", 443),
    "": ("", "", None),
}


@pytest.mark.parametrize("url", URLS)
def test_split_url(url):
    assert split_url(url) == URLS[url]
