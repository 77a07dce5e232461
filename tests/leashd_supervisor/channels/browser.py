"""A browser and its push service on loopback: messages are read as RFC 8291 and RFC 8188 say."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from leashd_supervisor.channels.push.encryption import encoded


class Browser:
    """The receiver's keys, and what it does with a body."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes | None = None) -> None:
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        self.auth = auth or os.urandom(16)
        self.public = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        keys = {"p256dh": encoded(self.public), "auth": encoded(self.auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """The text of a message."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert size >= 18
        assert len(body) <= 4096
        shared = self._private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _expand(_mac(self.auth, shared), b"WebPush: info\0" + self.public + sender, 32)
        mixed = _mac(salt, secret)
        key = _expand(mixed, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _expand(mixed, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1:] == b"\2", "the last record is marked by a 2"
        return padded[:-1]


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    return _mac(key, info + b"\1")[:length]


@dataclass
class Received:
    """One message as the service got it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """A push service; `answers` are the responses it gives, the last one again and again."""

    answers: list[str] = field(default_factory=lambda: ["201 Created"])
    slow: float = 0.0
    received: list[Received] = field(default_factory=list)
    port: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def endpoint(self, name: str) -> str:
        """The address of a device."""
        return f"http://127.0.0.1:{self.port}/push/{name}"

    async def until(self, number: int) -> list[Received]:
        """What it received, once there are so many."""
        while len(self.received) < number:
            self._came.clear()
            await asyncio.wait_for(self._came.wait(), 10)
        return self.received

    def texts(self, browser: Browser) -> list[dict[str, Any]]:
        """What a browser reads in all of it."""
        return [json.loads(browser.read(one.body)) for one in self.received]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers["content-length"]))
                await asyncio.sleep(self.slow)
                self.received.append(Received(first.split(" ")[1], headers, body))
                self._came.set()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                status, _, more = answer.partition("\r\n")
                extra = more + "\r\n" if more else ""
                writer.write(f"HTTP/1.1 {status}\r\n{extra}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def running(service: Service, work: Callable[[], Awaitable[None]]) -> None:
    """Does something while the service listens."""
    server = await asyncio.start_server(service._serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        await work()
    finally:
        server.close()
