"""An application that is a server elsewhere: relay.py HOST:PORT carries each connection there."""
import asyncio
import os
import sys

HOST, TARGET = sys.argv[1].rsplit(":", 1)


async def carry(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


async def serve(reader, writer):
    back, forth = await asyncio.open_connection(HOST, int(TARGET))
    await asyncio.gather(carry(reader, forth), carry(back, writer))
    forth.close()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(os.environ["PORT"]))
    await server.serve_forever()


asyncio.run(main())
