"""Who is compared: how each proxy is configured for each scenario, and how it is started.

Every peer takes the same ports: its own base plus the scenario's. Mutual TLS is 1.3 with TLS_AES_128_GCM_SHA256 and P-256
certificates in both directions, for all of them.
"""
import json
import os

APP_HTTP1, APP_HTTP2 = 9200, 9201
SERVER_ID = "spiffe://cluster.local/ns/bench/sa/server"

# Ports of one peer, relative to its base: one hop and the client side of two hops listen for the load generator.
ONE_HOP, CLIENT, SERVER = 0, 1, 2


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def app(folder, loops):
    """The application: answers 12 bytes at once, HTTP/1.1 on one port and HTTP/2 with prior knowledge on the other."""
    config = write(folder, "app.conf", f"""
worker_processes {loops};
pid {folder}/app.pid;
error_log stderr;
daemon off;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{
    listen 127.0.0.1:{APP_HTTP1} backlog=4096;
    listen 127.0.0.1:{APP_HTTP2} http2 backlog=4096;
    location / {{ return 200 "hello world\\n"; }}
  }}
}}
""")
    return [["nginx", "-p", folder, "-c", config]]


class HaProxy:
    name, base, held = "haproxy", 9210, 9900

    @staticmethod
    def start(folder, scenario, loops, options):
        back = f"server app 127.0.0.1:{scenario.app}" + (" proto h2" if scenario.app == APP_HTTP2 else "")
        front = " proto h2" if scenario.http2 else ""
        if scenario.hops == 1:
            return [HaProxy._command(folder, scenario, loops, "hop", f"bind 127.0.0.1:{HaProxy.base + ONE_HOP}{front}", back)]
        alpn = " alpn h2" if scenario.http2 else ""
        next_hop = f"server next 127.0.0.1:{HaProxy.base + SERVER} ssl crt {folder}/client.pem ca-file {folder}/ca.pem verify required{alpn}"
        bind = f"bind 127.0.0.1:{HaProxy.base + SERVER} ssl crt {folder}/server.pem ca-file {folder}/ca.pem verify required{alpn}"
        return [
            HaProxy._command(folder, scenario, loops, "client", f"bind 127.0.0.1:{HaProxy.base + CLIENT}{front}", next_hop),
            HaProxy._command(folder, scenario, loops, "server", bind, back),
        ]

    @staticmethod
    def _command(folder, scenario, loops, side, bind, server):
        # maxconn follows the limit on descriptors, two for a connection.
        return ["haproxy", "-f", write(folder, f"haproxy-{side}.cfg", f"""
global
  nbthread {loops}
  maxconn {HaProxy.held + 50}
  ssl-default-bind-options ssl-min-ver TLSv1.3
  ssl-default-server-options ssl-min-ver TLSv1.3
  ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
  ssl-default-server-ciphersuites TLS_AES_128_GCM_SHA256
defaults
  mode http
  timeout connect 1s
  timeout client 300s
  timeout server 300s
  http-reuse always
  retries 3
listen {side}
  {bind}
  {server}
""")]


class Nginx:
    name, base, held = "nginx", 9220, 10000

    @staticmethod
    def start(folder, scenario, loops, options):
        front = " http2" if scenario.http2 else ""
        # nginx speaks HTTP/2 to a server with its gRPC module only.
        grpc = scenario.app == APP_HTTP2
        app_pass = "grpc_pass grpc://app;" if grpc else "proxy_pass http://app;"
        upstream = f"upstream app {{ server 127.0.0.1:{scenario.app}; keepalive 1024; keepalive_requests 1000000000; }}"
        if scenario.hops == 1:
            return [Nginx._command(folder, scenario, loops, "hop", upstream, f"listen 127.0.0.1:{Nginx.base + ONE_HOP}{front} backlog=4096;", app_pass)]
        kind = "grpc" if scenario.http2 else "proxy"
        ssl = "\n".join(f"{kind}_ssl_{line}" for line in (
            f"certificate {folder}/client.crt;", f"certificate_key {folder}/client.key;", f"trusted_certificate {folder}/ca.pem;",
            "verify on;", "name server.bench;", "protocols TLSv1.3;", "conf_command Ciphersuites TLS_AES_128_GCM_SHA256;"))
        next_hop = f"upstream next {{ server 127.0.0.1:{Nginx.base + SERVER}; keepalive 1024; keepalive_requests 1000000000; }}"
        next_pass = f"{kind}_pass {'grpcs' if scenario.http2 else 'https'}://next; {ssl}"
        listen = f"""listen 127.0.0.1:{Nginx.base + SERVER} ssl{front} backlog=4096;
    ssl_certificate {folder}/server.crt; ssl_certificate_key {folder}/server.key; ssl_client_certificate {folder}/ca.pem; ssl_verify_client on;
    ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;"""
        return [
            Nginx._command(folder, scenario, loops, "client", next_hop, f"listen 127.0.0.1:{Nginx.base + CLIENT}{front} backlog=4096;", next_pass),
            Nginx._command(folder, scenario, loops, "server", upstream, listen, app_pass),
        ]

    @staticmethod
    def _command(folder, scenario, loops, side, upstream, listen, action):
        return ["nginx", "-p", folder, "-c", write(folder, f"nginx-{side}.conf", f"""
worker_processes {loops};
pid {folder}/nginx-{side}.pid;
error_log stderr;
daemon off;
worker_rlimit_nofile 20000;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  {upstream}
  server {{
    {listen}
    location / {{ {action} proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
""")]


class Tulle:
    name, base, held = "tulle", 9230, 10000

    @staticmethod
    def start(folder, scenario, loops, options):
        common = [options.proxy, "--loops", str(loops), "--log-level", "warn"]
        protocol = "http2" if scenario.app == APP_HTTP2 else "http1"
        if scenario.hops == 1:
            file = Tulle._destinations(folder, "hop", scenario.app, None, protocol, options)
            return [common + ["--upstream", f"127.0.0.1:{Tulle.base + ONE_HOP}=app:80", "--destinations", file]]
        client = Tulle._destinations(folder, "client", Tulle.base + SERVER, SERVER_ID, protocol, options)
        server = Tulle._inbound(folder, scenario, protocol)
        mtls = lambda side: ["--certificate", f"{folder}/{side}.crt", "--key", f"{folder}/{side}.key", "--trust-anchors", f"{folder}/ca.pem"]
        return [
            common + ["--upstream", f"127.0.0.1:{Tulle.base + CLIENT}=app:80", "--destinations", client] + mtls("client"),
            common + ["--inbound", f"127.0.0.1:{Tulle.base + SERVER}=127.0.0.1:{scenario.app}", "--destinations", server] + mtls("server"),
        ]

    @staticmethod
    def _destinations(folder, side, port, identity, protocol, options):
        endpoint = {"address": "127.0.0.1", "port": port, "workload": "deployment/app"}
        if identity:
            endpoint["identity"] = identity
        backend = {"name": "app.bench:80", "endpoints": [endpoint], "protocol": protocol}
        destination = {"authority": "app:80", "service": {"namespace": "bench", "name": "app", "port": 80}, "backends": [backend]}
        if options.policy == "on":
            Tulle._add_policy(destination, backend)
        return write(folder, f"tulle-{side}.json", json.dumps({"destinations": [destination]}, indent=2))

    @staticmethod
    def _add_policy(destination, backend):
        """What a careful user would write: routes by path and header, timeouts, retries in a budget, a breaker and ejection."""
        to_app = [{"backend": backend["name"], "weight": 1}]
        policy = {
            "timeouts": {"requestMs": 5000, "idleMs": 60000},
            "retries": {"limit": 3, "perTryTimeoutMs": 2000, "on": ["gateway-error", "connect-failure", "refused-stream"]},
        }
        destination["routes"] = [
            {"name": "beta", "condition": {"header": {"name": "version", "value": {"exact": "v2"}}}, "backends": to_app, **policy},
            {"name": "users", "condition": {"path": {"prefix": "/users/"}}, "backends": to_app, **policy},
            {"name": "default", "backends": to_app, **policy},
        ]
        destination["namedRoutes"] = [{"name": "GET /", "condition": {"all": [{"method": {"exact": "GET"}}, {"path": {"regex": "/"}}]}}]
        destination["retryBudget"] = {"ratioPpm": 200000, "minPerSecond": 10, "ttlMs": 10000}
        backend["connectionPool"] = {"maxConnections": 2048, "maxPendingRequests": 4096, "maxRequests": 4096, "maxRetries": 16}
        backend["outlierDetection"] = {"consecutive5xx": 5, "intervalMs": 30000, "baseEjectionMs": 30000, "maxEjectionPercent": 10}

    @staticmethod
    def _inbound(folder, scenario, protocol):
        port = {"port": Tulle.base + SERVER, "service": {"namespace": "bench", "name": "app", "port": 80}, "protocol": protocol}
        return write(folder, "tulle-server.json", json.dumps({"inbound": {"defaultMode": "permissive", "ports": [port]}}, indent=2))


ALL = [HaProxy, Nginx, Tulle]
