"""Opens connections, sends one request on each, and holds them until its standard input closes. Says HELD when all are open.

Usage: hold.py PORT COUNT [FOLDER ALPN]    with a folder: mutual TLS as the client of certificates.sh, offering that ALPN
"""
import socket
import ssl
import sys

REQUEST = b"GET / HTTP/1.1\r\nHost: app\r\n\r\n"


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    context = None
    if len(sys.argv) > 3:
        folder, alpn = sys.argv[3], sys.argv[4]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(f"{folder}/ca.pem")
        context.load_cert_chain(f"{folder}/client.crt", f"{folder}/client.key")
        if alpn:
            context.set_alpn_protocols([alpn])
    held = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            connection = context.wrap_socket(connection)
        connection.sendall(REQUEST)
        answer = b""
        while not answer.endswith(b"hello world\n"):
            piece = connection.recv(4096)
            if not piece:
                raise SystemExit(f"hold.py: connection {len(held) + 1} was closed after {answer!r}")
            answer += piece
        held.append(connection)
    print("HELD", flush=True)
    sys.stdin.read()


main()
