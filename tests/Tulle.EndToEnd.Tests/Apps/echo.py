"""An HTTP application for the tests: says its version and pod in headers; /slow/MILLIS waits first.

A request may say how it is to be treated, in x-behave, and is remembered by its x-key:
  hang           never answered           delay=MILLIS   answered later
  status=CODE    answered with that       first=N        only the first N with that key behave so, here
  pod=NAME       only that replica behaves so
GET /seen/KEY says what arrived with that key: one line for each, "MILLIS CONNECTION METHOD PATH".

asyncio instead of http.server, so that one process answers thousands of requests a second.
"""
import asyncio
import os
import time
from collections import defaultdict

VERSION = os.environ.get("VERSION", "v1")
POD = os.environ.get("POD_NAME", "?")

seen = defaultdict(list)
connections = 0


def headers_of(lines):
    return {name.lower().strip(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        global connections
        connections += 1
        self.number = connections
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            lines = self.buffer[:end].split(b"\r\n")
            headers = headers_of(lines[1:])
            length = int(headers.get(b"content-length", b"0"))
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length:]
            method, path, _ = lines[0].decode().split(" ", 2)
            self.request(method, path, headers)

    def request(self, method, path, headers):
        behave = {}
        if key := headers.get(b"x-key", b"").decode():
            seen[key].append(f"{time.monotonic() * 1000:.0f} {self.number} {method} {path}")
        if b"x-behave" in headers:
            behave = dict(part.partition("=")[::2] for part in headers[b"x-behave"].decode().split(","))
            if behave.get("pod", POD) != POD or len(seen[key]) > int(behave.get("first", 1 << 30)):
                behave = {}
        delay = int(path[6:]) if path.startswith("/slow/") else int(behave.get("delay", 0))
        if "hang" in behave:
            return
        if delay:
            asyncio.get_running_loop().call_later(delay / 1000, self.answer, path, behave)
        else:
            self.answer(path, behave)

    def answer(self, path, behave):
        if self.transport.is_closing():
            return
        body = f"plaintext-marker {VERSION} {POD} {path}\n"
        if path.startswith("/seen/"):
            body = "".join(f"{line}\n" for line in seen[path[6:]])
        self.transport.write(
            b"HTTP/1.1 %s Answer\r\ncontent-type: text/plain\r\nx-version: %s\r\nx-pod: %s\r\ncontent-length: %d\r\n\r\n%s"
            % (behave.get("status", "200").encode(), VERSION.encode(), POD.encode(), len(body), body.encode()))


async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", int(os.environ["PORT"]), backlog=512)
    await server.serve_forever()


asyncio.run(main())
