"""Runs the comparison that run.sh describes. One scenario at a time; its peers take turns in every round."""
import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import peers
from processes import Group, listening

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Scenario:
    title: str
    hops: int
    http2: bool
    app: int
    but: tuple = ()  # peers that cannot

    def entry(self, peer):
        return peer.base + (peers.ONE_HOP if self.hops == 1 else peers.CLIENT)

    def exits(self, peer):
        return [self.entry(peer)] if self.hops == 1 else [peer.base + peers.SERVER, self.entry(peer)]


SCENARIOS = {
    "one-hop": Scenario("one hop, plaintext HTTP/1.1", 1, False, peers.APP_HTTP1),
    "mtls": Scenario("two hops, mTLS, HTTP/1.1", 2, False, peers.APP_HTTP1),
    "one-hop-h2": Scenario("one hop, plaintext HTTP/2", 1, True, peers.APP_HTTP2),
    "one-hop-h2-h1": Scenario("one hop, HTTP/2 to HTTP/1.1", 1, True, peers.APP_HTTP1),
    "mtls-h2": Scenario("two hops, mTLS, HTTP/2", 2, True, peers.APP_HTTP2),
}
ACTIVE = 1000


def arguments():
    parser = argparse.ArgumentParser(prog="run.sh", description="tulle-proxy beside HAProxy and nginx, in alternating rounds")
    parser.add_argument("--proxy", required=True, help="the tulle-proxy to measure (run.sh builds one when it is not given)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="length of one measurement")
    parser.add_argument("--loops", default=f"1,{os.cpu_count()}", help="threads or loops of each proxy; a run for each (default: 1 and one per core)")
    parser.add_argument("--scenarios", default=",".join(SCENARIOS), help=", ".join(f"{k}: {s.title}" for k, s in SCENARIOS.items()))
    parser.add_argument("--rate", type=int, default=0, help="HTTP/2 requests a second, the same for all peers (default: as many as they can)")
    parser.add_argument("--peers", default="haproxy,nginx,tulle")
    parser.add_argument("--memory", choices=["yes", "no"], default="yes", help="also measure memory with idle and active connections")
    parser.add_argument("--policy", choices=["on", "off"], default="on", help="routes, timeouts, retries, breaker and ejection for Tulle")
    options = parser.parse_args()
    options.proxy = os.path.abspath(options.proxy)
    return options


def load_http1(port, options, loops, connections=32):
    out = subprocess.run(
        ["wrk", f"-t{loops}", f"-c{connections}", f"-d{options.seconds}", "--latency", "-s", f"{HERE}/report.lua", f"http://127.0.0.1:{port}/"],
        capture_output=True, text=True, check=True).stdout
    requests, rate, p99, errors = next(line for line in out.splitlines() if line.startswith("RESULT")).split()[1:]
    return int(requests), float(rate), float(p99), int(errors)


def load_http2(port, options, loops):
    pace = [f"--rps={options.rate // 10}"] if options.rate else []
    with tempfile.NamedTemporaryFile("r") as log:
        out = subprocess.run(
            ["h2load", f"-t{loops}", "-c10", "-m10", f"-D{options.seconds}", *pace, f"--log-file={log.name}", f"http://127.0.0.1:{port}/"],
            capture_output=True, text=True, check=True).stdout
        took = sorted(int(line.split("\t")[2]) for line in log)
    total, failed = re.search(r"requests: (\d+) total.* (\d+) failed,", out).groups()
    good = len(took)
    errors = good - int(re.search(r"status codes: (\d+) 2xx", out).group(1))
    # A run by time cuts what is in flight at its end: 100 requests that count as failed.
    return good, good / options.seconds, float(took[int(good * 0.99)] if took else 0), errors + max(0, int(failed) - 100)


def measure(scenario, peer, group, options, loops):
    before = group.cpu_seconds()
    load = load_http2 if scenario.http2 else load_http1
    requests, rate, p99, errors = load(scenario.entry(peer), options, loops)
    cpu = (group.cpu_seconds() - before) * 1e6 / max(1, requests)
    if errors > 0:
        print(f"compare.py: {errors} of {requests} requests failed: {scenario.title}, {peer.name}", file=sys.stderr)
    return rate, p99, cpu, max(group.memory()) / 1e6


def with_app(folder, loops):
    group = Group(folder, "app", peers.app(folder, loops))
    for port in (peers.APP_HTTP1, peers.APP_HTTP2):
        listening(port, group)
    return group


def start(folder, scenario, peer, options, loops):
    group = Group(folder, peer.name, peer.start(folder, scenario, loops, options))
    for port in scenario.exits(peer):
        listening(port, group)
    return group


def start_spread(folder, scenario, peer, options, loops, app):
    """Starts a peer whose connections are spread over the application's workers.

    HTTP/2 needs one connection to the application for each loop, and the kernel gives each to whichever worker is first. Where one worker got
    them all, it is the application that is measured: a third fewer requests for any peer. Such a start is repeated.
    """
    while True:
        group = start(folder, scenario, peer, options, loops)
        if loops == 1 or not scenario.http2:
            return group
        before = app.cpu_seconds_of_each()
        load_http2(scenario.entry(peer), argparse.Namespace(seconds=1, rate=0), loops)
        used = sorted(seconds - before.get(pid, 0) for pid, seconds in app.cpu_seconds_of_each().items())[-loops:]
        if used[0] * 2 >= used[-1]:
            return group
        group.end()


def compare(folder, scenario, chosen, options, loops, app):
    groups, samples = {}, {peer.name: [] for peer in chosen}
    try:
        for peer in chosen:
            groups[peer.name] = start_spread(folder, scenario, peer, options, loops, app)
        # The proxies give back what only their start needed two seconds after it.
        time.sleep(3)
        for _ in range(options.rounds):
            for peer in chosen:
                samples[peer.name].append(measure(scenario, peer, groups[peer.name], options, loops))
    finally:
        for group in groups.values():
            group.end()
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}


def print_rows(title, loops, medians):
    for name, (rate, p99, cpu, memory) in medians.items():
        print(f"| {title} | {loops} | {name} | {rate:.0f} | {p99:.0f} | {cpu:.1f} | {memory:.1f} |")
    if "tulle" in medians:
        for other in (name for name in medians if name != "tulle"):
            ratios = [mine / theirs if theirs else 0 for mine, theirs in zip(medians["tulle"], medians[other])]
            print(f"| {title} | {loops} | **tulle / {other}** | " + " | ".join(f"**{ratio:.2f}**" for ratio in ratios) + " |")
    sys.stdout.flush()


def hold(port, count, tls):
    process = subprocess.Popen([sys.executable, f"{HERE}/hold.py", str(port), str(count), *tls], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdout.readline().strip() != "HELD":
        raise SystemExit("compare.py: the idle connections could not be opened")
    return process


def idle_bytes(peer, port, index, group, tls, count):
    """User memory of one further idle connection: what the process grew by, divided by them."""
    # The first connections fill the pools that every later one shares.
    warm = hold(port, 200, tls)
    time.sleep(3)
    before = group.memory()[index]
    holder = hold(port, count - 200, tls)
    time.sleep(3)
    grown = group.memory()[index] - before
    for process in (warm, holder):
        process.stdin.close()
        process.wait()
    return grown / (count - 200)


def memory(folder, peer, options):
    row = []
    for scenario in (SCENARIOS["one-hop"], SCENARIOS["mtls"]):
        group = start(folder, scenario, peer, options, 1)
        try:
            time.sleep(4)
            row.append(max(group.memory()) / 1e6)
            load = subprocess.Popen(["wrk", "-t1", f"-c{ACTIVE}", "-d4", f"http://127.0.0.1:{scenario.entry(peer)}/"], stdout=subprocess.DEVNULL)
            time.sleep(3)
            row.append(max(group.memory()) / 1e6)
            load.wait()
        finally:
            group.end()
        group = start(folder, scenario, peer, options, 1)
        try:
            # What only the start needed is given back first.
            time.sleep(4)
            secured = scenario.hops == 2
            alpn = "tulle-http/1.1" if peer.name == "tulle" else ""
            port = peer.base + peers.SERVER if secured else scenario.entry(peer)
            row.append(idle_bytes(peer, port, 1 if secured else 0, group, [folder, alpn] if secured else [], peer.held))
        finally:
            group.end()
    return row


def main():
    options = arguments()
    chosen = [peer for peer in peers.ALL if peer.name in options.peers.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        subprocess.run([f"{HERE}/certificates.sh", folder], check=True)
        print(facts(options))
        print("\n| scenario | loops | proxy | requests/s | p99 µs | CPU µs/request | memory MB (larger process) |\n|---|---|---|---|---|---|---|")
        for loops in [int(n) for n in options.loops.split(",")]:
            app = with_app(folder, loops)
            try:
                for key in (k for k in options.scenarios.split(",") if k):
                    scenario = SCENARIOS[key]
                    print_rows(scenario.title, loops, compare(folder, scenario, [p for p in chosen if p.name not in scenario.but], options, loops, app))
            finally:
                app.end()
        if options.memory == "yes":
            print_memory(folder, chosen, options)


def print_memory(folder, chosen, options):
    print(f"\n| one loop | plaintext: idle MB | {ACTIVE} active MB | B per further idle connection | mTLS: idle MB | {ACTIVE} active MB | B per further idle connection |")
    print("|---|---|---|---|---|---|---|")
    app = with_app(folder, 1)
    try:
        for peer in chosen:
            cells = [f"{v:.1f}" if v < 1000 and i % 3 != 2 else f"{v:.0f}" for i, v in enumerate(memory(folder, peer, options))]
            print(f"| {peer.name} | {' | '.join(cells)} |", flush=True)
    finally:
        app.end()


def facts(options):
    def first(command, pattern):
        result = subprocess.run(command, capture_output=True, text=True)
        return re.search(pattern, result.stdout + result.stderr).group(0)
    with open("/proc/cpuinfo") as file:
        cpu = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return (f"{time.strftime('%F', time.gmtime())}, {os.cpu_count()} cores, {cpu}, Linux {platform.release()}, {first(['haproxy', '-v'], r'HAProxy version [0-9.]+')}, "
            f"{first(['nginx', '-v'], r'nginx/[0-9.]+')}, {first(['openssl', 'version'], r'OpenSSL [0-9.]+')}; load average {os.getloadavg()[0]:.1f}; "
            f"wrk -c32, h2load -c10 -m10{f' at {options.rate} requests/s' if options.rate else ''}, {options.rounds} rounds of {options.seconds} s, medians; policy {options.policy}")


main()
