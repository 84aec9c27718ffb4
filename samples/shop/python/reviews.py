"""The reviews service of the shop, in Python without dependencies: the mesh does not care what a service is written in.

Listens on 127.0.0.1:$PORT; reaches other services by name through the proxy in $HTTP_PROXY, which urllib honours by itself.
"""
import json
import math
import os
import random
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ.get("PORT", "8080"))
WHO = {"service": "reviews", "version": os.environ.get("VERSION", "v1"), "pod": os.environ.get("POD_NAME", "reviews")}
ERROR_RATE = 0.01  # as the C# services: one request in a hundred fails of its own accord
MEDIAN_SECONDS = 0.005
PROPAGATED_HEADERS = ("version", "x-request-id", "traceparent", "tracestate", "baggage")
RANDOM = random.Random(20252)


def ask(service, path, cause_headers):
    request = urllib.request.Request(f"http://{service}{path}")
    for name in PROPAGATED_HEADERS:
        if cause_headers.get(name):
            request.add_header(name, cause_headers[name])
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return {"service": service, "version": json.load(response).get("version", ""), "status": response.status}
    except urllib.error.HTTPError as error:
        return {"service": service, "version": "", "status": error.code}
    except (OSError, ValueError) as error:
        print(f"GET http://{service}{path} failed: {error}", file=sys.stderr, flush=True)
        return {"service": service, "version": "", "status": 0}


class Reviews(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, {"status": "ok"})
        if not self.path.startswith("/reviews/"):
            return self.answer(404, {**WHO, "error": "no such page"})
        fails = RANDOM.random() < ERROR_RATE
        time.sleep(min(0.25, RANDOM.lognormvariate(math.log(MEDIAN_SECONDS), 0.5)))
        if fails:
            return self.answer(500, {**WHO, "path": self.path, "error": "one request in a hundred fails, so that the metrics have something to show"})
        product = self.path.removeprefix("/reviews/").split("?")[0]
        return self.answer(200, {**WHO, "path": self.path, "calls": [ask("user-service", f"/users/{product}", self.headers)]})

    def answer(self, status, body):
        data = (json.dumps(body) + "\n").encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        """One line per request would say nothing that the mesh does not."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    server = Server(("127.0.0.1", PORT), Reviews)
    # shutdown() waits for serve_forever(), so it must not run in the thread that serves.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"reviews {WHO['version']} (Python {sys.version.split()[0]}) listens on 127.0.0.1:{PORT}", flush=True)
    server.serve_forever()
    server.server_close()
