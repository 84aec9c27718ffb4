"""A one-machine mesh under load, for measuring what something costs: nginx behind a sidecar, wrk in front of another, mutual TLS between."""
import os
import subprocess
import sys
import tempfile

from processes import TICK, _stat

HERE = os.path.dirname(os.path.abspath(__file__))
APP = """
worker_processes 1;
pid {folder}/app-PORT.pid;
error_log stderr;
daemon off;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{ listen 127.0.0.1:PORT; location / {{ return 200 "hello world\\n"; }} }}
}}
"""
COMPOSE = """
name: bench
services:
  app:
    command: sh {folder}/app.sh
    ports: ["80"]
  client:
    command: sh {folder}/app.sh
    ports: ["80"]
    x-tulle: {{ upstreams: ["127.0.0.1:{entry}=app:80"] }}
"""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


class Mesh:
    """Up while the context lasts. `entry` is the port that load goes to; `arguments` are further ones of `tulle up`."""

    def __init__(self, folder_of_binaries, entry, *arguments):
        self.tulle = os.path.join(os.path.abspath(folder_of_binaries), "tulle")
        self.entry, self.arguments = entry, arguments

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        folder = self.folder = self._folder.name
        self.environment = {**os.environ, "TULLE_HOME": os.path.join(folder, "home")}
        write(f"{folder}/app.conf", APP.format(folder=folder))
        write(f"{folder}/app.sh", f"sed s/PORT/$PORT/ {folder}/app.conf > {folder}/app-$PORT.conf && exec nginx -p {folder} -c {folder}/app-$PORT.conf\n")
        compose = write(f"{folder}/compose.yaml", COMPOSE.format(folder=folder, entry=self.entry))
        with open(f"{folder}/up.log", "wb") as log:
            self.up = subprocess.Popen([self.tulle, "up", "-f", compose, *self.arguments], env=self.environment, stdout=log, stderr=log)
        try:
            subprocess.run([self.tulle, "check", "--wait", "30s"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.up.terminate()
        self.up.wait()
        self._folder.cleanup()

    def load(self, seconds):
        """Requests a second, p99 in µs, and CPU of the sidecars in µs a request."""
        # Looked up each time: a sidecar that was started anew is another process.
        pids = self._sidecars()
        before = self._cpu(pids)
        out = subprocess.run(
            ["wrk", "-t1", "-c32", f"-d{seconds}", "--latency", "-s", f"{HERE}/report.lua", f"http://127.0.0.1:{self.entry}/"],
            capture_output=True, text=True, check=True).stdout
        requests, rate, p99, errors = next(line for line in out.splitlines() if line.startswith("RESULT")).split()[1:]
        if int(errors):
            print(f"{errors} of {requests} requests failed", file=sys.stderr)
        return float(rate), float(p99), (self._cpu(pids) - before) * 1e6 / max(1, int(requests))

    def _sidecars(self):
        """Process ids of the proxies below tulle up."""
        found = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            fields = _stat(entry)
            if fields and int(fields[1]) == self.up.pid:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    if b"tulle-proxy\0" in file.read():
                        found.append(int(entry))
        return found

    @staticmethod
    def _cpu(pids):
        return sum(int(fields[11]) + int(fields[12]) for fields in map(_stat, pids) if fields) / TICK
