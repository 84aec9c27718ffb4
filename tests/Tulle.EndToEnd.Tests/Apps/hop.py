"""One service of a chain: asks NEXT, and passes on of the request's headers those that FORWARD names, and no others.

With OTEL_EXPORTER_OTLP_ENDPOINT and SPAN set it also reports a span of its own, as OpenTelemetry's SDKs do.
"""
import json
import os
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NEXT = os.environ.get("NEXT", "")
FORWARD = [name for name in os.environ.get("FORWARD", "").split(",") if name]
SPAN = os.environ.get("SPAN", "")
# The mesh's own variables say where a neighbour is; what is on this machine is not asked through the sidecar.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def report(headers, start, end):
    _, trace, parent, _ = headers["traceparent"].split("-")
    resource = [pair.split("=", 1) for pair in os.environ["OTEL_RESOURCE_ATTRIBUTES"].split(",")] + [["service.name", os.environ["OTEL_SERVICE_NAME"]]]
    span = {"traceId": trace, "spanId": os.urandom(8).hex(), "parentSpanId": parent, "name": SPAN, "kind": 1,
            "startTimeUnixNano": str(start), "endTimeUnixNano": str(end), "attributes": [{"key": "db.system.name", "value": {"stringValue": "none"}}]}
    body = {"resourceSpans": [{"resource": {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in resource]},
                               "scopeSpans": [{"scope": {"name": "hop"}, "spans": [span]}]}]}
    request = urllib.request.Request(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces", json.dumps(body).encode(), {"content-type": "application/json"})
    DIRECT.open(request, timeout=5).read()


class Hop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        start = time.time_ns()
        if NEXT:
            request = urllib.request.Request(f"http://{NEXT}{self.path}")
            for name in FORWARD:
                if self.headers.get(name):
                    request.add_header(name, self.headers[name])
            urllib.request.urlopen(request, timeout=10).read()
        if SPAN:
            report(self.headers, start, time.time_ns())
        body = (self.headers.get("traceparent", "") + "\n").encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Hop).serve_forever()
