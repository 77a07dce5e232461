"""Encryption and proof of sender, against the examples of RFC 8291 and RFC 8292's rules."""

import json
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from leashd_supervisor.channels.push.encryption import (
    RECORD,
    authorization,
    decoded,
    encoded,
    encrypt,
    is_point,
    load_key,
    public_bytes,
)

from tests.leashd_supervisor.channels.browser import Browser

# RFC 8291, section 5 and appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
    "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text), "big"), ec.SECP256R1())


def test_the_example_of_the_rfc_byte_for_byte():
    sender = _private(SENDER)
    assert encoded(public_bytes(sender)) == SENDER_PUBLIC
    body = encrypt(PLAINTEXT, decoded(RECEIVER_PUBLIC), decoded(AUTH), 0, sender, decoded(SALT))
    assert encoded(body) == BODY


def test_the_browser_of_these_tests_reads_the_example():
    browser = Browser(_private(RECEIVER), decoded(AUTH))
    assert encoded(browser.public) == RECEIVER_PUBLIC
    assert browser.read(decoded(BODY)) == PLAINTEXT


def test_every_message_is_different_and_as_long_as_the_others():
    browser = Browser()
    bodies = [encrypt(b"x" * length, browser.public, browser.auth, 512) for length in (1, 1, 100, 511)]
    assert len({body[:86] for body in bodies}) == 4
    assert len({len(body) for body in bodies}) == 1
    assert [len(browser.read(body)) for body in bodies] == [1, 1, 100, 511]


def test_no_message_is_longer_than_services_take():
    browser = Browser()
    longest = RECORD - 86 - 16 - 1
    assert len(encrypt(b"x" * longest, browser.public, browser.auth)) == RECORD
    with pytest.raises(ValueError, match="too long"):
        encrypt(b"x" * (longest + 1), browser.public, browser.auth)


POINTS = {
    "a key": (decoded(RECEIVER_PUBLIC), True),
    "a compressed key, which browsers do not send": (b"\x02" + decoded(RECEIVER_PUBLIC)[1:33], False),
    "a point off the curve": (decoded(RECEIVER_PUBLIC)[:-1] + b"\x00", False),
    "the point at infinity": (b"\x00", False),
    "nothing": (b"", False),
}


@pytest.mark.parametrize("name", POINTS)
def test_public_keys_are_checked(name):
    data, good = POINTS[name]
    assert is_point(data) is good


def test_the_proof_of_sender_is_signed_and_for_this_service_only():
    key = ec.generate_private_key(ec.SECP256R1())
    header = authorization(key, "https://fcm.googleapis.com/fcm/send/abc?x=1", "mailto:a@b.org", 1000.0)
    scheme, _, rest = header.partition(" ")
    token, public = (part.strip().partition("=")[2] for part in rest.split(","))
    assert scheme == "vapid"
    assert decoded(public) == public_bytes(key)
    head, claims, signature = token.split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    told = json.loads(decoded(claims))
    assert told == {"aud": "https://fcm.googleapis.com", "exp": 1000 + 12 * 3600, "sub": "mailto:a@b.org"}
    assert urlsplit(told["aud"]).path == ""
    raw = decoded(signature)
    assert len(raw) == 64
    signed = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.public_key().verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signed, f"{head}.{claims}x".encode(), ec.ECDSA(hashes.SHA256()))


def test_the_key_is_made_once_and_its_owners_alone(tmp_path):
    path = tmp_path / "push-key.pem"
    first = load_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_bytes(load_key(path)) == public_bytes(first)


def test_a_key_file_that_holds_something_else_is_not_replaced(tmp_path):
    path = tmp_path / "push-key.pem"
    path.write_text("no key")
    with pytest.raises(ValueError):
        load_key(path)
    assert path.read_text() == "no key"
