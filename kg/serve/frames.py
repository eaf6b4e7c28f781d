"""How do the server and its workers talk? A header in JSON and a body of bytes, each with its length before it."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

__all__ = ["Frame", "packed", "read", "receive", "send"]

Frame = tuple[dict[str, Any], bytes]
_SIZES = struct.Struct("!IQ")


def packed(header: Mapping[str, Any], body: bytes) -> bytes:
    """A frame as it goes over a socket."""
    told = json.dumps(header).encode()
    return _SIZES.pack(len(told), len(body)) + told + body


def send(connection: socket.socket, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(packed(header, body))


def receive(connection: socket.socket) -> Frame | None:
    """The next frame; None when the other side has gone."""
    sizes = _exactly(connection, _SIZES.size)
    if sizes is None:
        return None
    told, rest = _SIZES.unpack(sizes)
    header, body = _exactly(connection, told), _exactly(connection, rest)
    return None if header is None or body is None else (json.loads(header), body)


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        piece = connection.recv(min(size - len(found), 1 << 20))
        if not piece:
            return None
        found += piece
    return bytes(found)


async def read(reader: asyncio.StreamReader) -> Frame:
    """The next frame. Raises asyncio.IncompleteReadError when the other side has gone."""
    told, rest = _SIZES.unpack(await reader.readexactly(_SIZES.size))
    header = json.loads(await reader.readexactly(told))
    return header, await reader.readexactly(rest)
