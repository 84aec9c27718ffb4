"""For the soak: MODE=websocket echoes the messages of WebSockets, MODE=tcp greets first and echoes what comes."""
import asyncio
import base64
import hashlib
import os

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE = 8


async def websocket(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    headers = {n.lower().strip(): v.strip() for n, _, v in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    if b"sec-websocket-key" not in headers:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        return
    accept = base64.b64encode(hashlib.sha1(headers[b"sec-websocket-key"] + GUID).digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: %s\r\n\r\n" % accept)
    while True:
        first, second = await reader.readexactly(2)
        length = second & 127
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8), "big")
        mask = await reader.readexactly(4)
        data = bytes(b ^ mask[i % 4] for i, b in enumerate(await reader.readexactly(length)))
        size = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
        writer.write(bytes([first]) + size + data)
        await writer.drain()
        if first & 15 == CLOSE:
            return


async def tcp(reader, writer):
    writer.write(b"hello\n")
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


def serving(handler):
    async def serve(reader, writer):
        try:
            await handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
    return serve


async def main():
    server = await asyncio.start_server(serving({"websocket": websocket, "tcp": tcp}[os.environ["MODE"]]), "127.0.0.1", int(os.environ["PORT"]), backlog=256)
    await server.serve_forever()


asyncio.run(main())
