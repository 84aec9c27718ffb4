"""What a tap of 100 requests a second costs the data plane. Usage: bench/mesh/tap.py [--bin DIR] [--rounds N] [--seconds S]

Starts a one-machine mesh of a client and an application (nginx), sends load through the client's sidecar and the application's with
mutual TLS between, with and without a tap in turns, and prints a table in Markdown. Needs wrk, nginx and the built executables.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from processes import TICK, _stat

HERE = os.path.dirname(os.path.abspath(__file__))
ENTRY = 9290
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


def arguments():
    parser = argparse.ArgumentParser(description="throughput with and without a tap")
    parser.add_argument("--bin", default=os.path.join(HERE, "../../artifacts/bin"), help="where tulle and tulle-proxy are")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    return parser.parse_args()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
    return path


def sidecars(up):
    """Process ids of the proxies below tulle up."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        fields = _stat(entry)
        if fields and int(fields[1]) == up.pid:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                if b"tulle-proxy\0" in file.read():
                    found.append(int(entry))
    return found


def cpu(pids):
    return sum(int(fields[11]) + int(fields[12]) for fields in map(_stat, pids) if fields) / TICK


def load(options, pids):
    before = cpu(pids)
    out = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{options.seconds}", "--latency", "-s", f"{HERE}/report.lua", f"http://127.0.0.1:{ENTRY}/"],
        capture_output=True, text=True, check=True).stdout
    requests, rate, p99, errors = next(line for line in out.splitlines() if line.startswith("RESULT")).split()[1:]
    if int(errors):
        print(f"tap.py: {errors} of {requests} requests failed", file=sys.stderr)
    return float(rate), float(p99), (cpu(pids) - before) * 1e6 / max(1, int(requests))


def main():
    options = arguments()
    tulle = os.path.join(os.path.abspath(options.bin), "tulle")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TULLE_HOME": os.path.join(folder, "home")}
        write(f"{folder}/app.conf", APP.format(folder=folder))
        write(f"{folder}/app.sh", f"sed s/PORT/$PORT/ {folder}/app.conf > {folder}/app-$PORT.conf && exec nginx -p {folder} -c {folder}/app-$PORT.conf\n")
        compose = write(f"{folder}/compose.yaml", COMPOSE.format(folder=folder, entry=ENTRY))
        with open(f"{folder}/up.log", "wb") as log:
            up = subprocess.Popen([tulle, "up", "-f", compose], env=environment, stdout=log, stderr=log)
        try:
            subprocess.run([tulle, "check", "--wait", "30s"], env=environment, check=True, stdout=subprocess.DEVNULL)
            pids = sidecars(up)
            load(options, pids)
            samples = {"no tap": [], "tap of 100 a second": []}
            lines = 0
            for _ in range(options.rounds):
                samples["no tap"].append(load(options, pids))
                with open(f"{folder}/tap.log", "w+b") as seen:
                    tap = subprocess.Popen([tulle, "tap", "deploy/app", "--max-rps", "100"], env=environment, stdout=seen)
                    time.sleep(1)
                    samples["tap of 100 a second"].append(load(options, pids))
                    tap.terminate()
                    tap.wait()
                    seen.seek(0)
                    lines += len(re.findall(rb"^req ", seen.read(), re.M))
        finally:
            up.terminate()
            up.wait()
        medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}
        print("| two hops, mTLS, HTTP/1.1, one loop | requests/s | p99 µs | CPU µs/request |\n|---|---|---|---|")
        for name, (rate, p99, cost) in medians.items():
            print(f"| {name} | {rate:.0f} | {p99:.0f} | {cost:.1f} |")
        ratios = [on / off for on, off in zip(medians["tap of 100 a second"], medians["no tap"])]
        print("| **tap / no tap** | " + " | ".join(f"**{ratio:.2f}**" for ratio in ratios) + " |")
        print(f"\nThe tap showed {lines} requests in {options.rounds} rounds of {options.seconds} s.")


main()
