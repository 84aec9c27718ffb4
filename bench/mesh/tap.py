#!/usr/bin/env python3
"""What a tap of 100 requests a second costs the data plane. Usage: bench/mesh/tap.py [--bin DIR] [--meshes N] [--rounds N] [--seconds S]

Starts a one-machine mesh of a client and an application (nginx), sends load through the client's sidecar and the application's with
mutual TLS between, with and without a tap in turns, and prints a table in Markdown. Needs wrk, nginx and the built executables.
"""
import argparse
import os
import re
import statistics
import subprocess
import time

from one_machine import HERE, Mesh

ENTRY = 9290
OFF, ON = "no tap", "tap of 100 a second"


class Tap:
    """A tap of 100 requests a second while the context lasts; `lines` counts what it showed."""
    lines = 0

    def __init__(self, mesh):
        self.mesh = mesh

    def __enter__(self):
        self.seen = open(f"{self.mesh.folder}/tap.log", "w+b")
        self.process = subprocess.Popen([self.mesh.tulle, "tap", "deploy/app", "--max-rps", "100"], env=self.mesh.environment, stdout=self.seen)
        time.sleep(1)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.seen.seek(0)
        Tap.lines += len(re.findall(rb"^req ", self.seen.read(), re.M))
        self.seen.close()


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--meshes", type=int, default=1, help="start everything anew so often: where processes happen to run makes 3 %%")
    parser.add_argument("--bin", default=os.path.join(HERE, "../../artifacts/bin"), help="where tulle and tulle-proxy are")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    return parser.parse_args()


def print_table(samples, base):
    """Medians of each, and their ratios to those of `base`."""
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}
    print("| two hops, mTLS, HTTP/1.1, one loop | requests/s | p99 µs | CPU µs/request |\n|---|---|---|---|")
    for name, (rate, p99, cost) in medians.items():
        print(f"| {name} | {rate:.0f} | {p99:.0f} | {cost:.1f} |")
    for name in (name for name in medians if name != base):
        ratios = [on / off for on, off in zip(medians[name], medians[base])]
        print(f"| **{name} / {base}** | " + " | ".join(f"**{ratio:.3f}**" for ratio in ratios) + " |")


def print_spread(meshes, base):
    """Throughput to that of `base` in each of the meshes, and the geometric mean."""
    medians = [{name: statistics.median(rate for rate, *_ in rows) for name, rows in samples.items()} for samples in meshes]
    for name in (name for name in medians[0] if name != base):
        ratios = [mesh[name] / mesh[base] for mesh in medians]
        print(f"{name} / {base}: {statistics.geometric_mean(ratios):.3f} in the mean of {len(ratios)} meshes ({', '.join(f'{ratio:.3f}' for ratio in ratios)})")


def main():
    options = arguments("throughput with and without a tap")
    meshes = [measure(options) for _ in range(options.meshes)]
    print_table(merged(meshes), OFF)
    print()
    print_spread(meshes, OFF)
    print(f"The tap showed {Tap.lines} requests in {options.meshes} meshes, {options.rounds} rounds of {options.seconds} s.")


def measure(options):
    samples = {OFF: [], ON: []}
    with Mesh(options.bin, ENTRY) as mesh:
        mesh.load(options.seconds)
        for _ in range(options.rounds):
            samples[OFF].append(mesh.load(options.seconds))
            with Tap(mesh):
                samples[ON].append(mesh.load(options.seconds))
    return samples


def merged(meshes):
    return {name: [row for samples in meshes for row in samples[name]] for name in meshes[0]}


if __name__ == "__main__":
    main()
