#!/usr/bin/env python3
"""What tracing costs the data plane, alone and with a tap beside it. Usage: bench/mesh/tracing.py [--bin DIR] [--meshes N] [--rounds N] [--seconds S]

Two one-machine meshes of a client and an application (nginx), one with `--trace-sampling off`, one that records 1 %; load goes through the
sidecars of each in turns, with mutual TLS between them, the second one also with a tap of 100 requests a second. Prints a table in Markdown.
Needs wrk, nginx and the built executables.
"""
import json
import subprocess
import sys

from one_machine import Mesh
from tap import Tap, arguments, merged, print_spread, print_table

OFF, ON, ALL = "tracing off", "1 % traced", "1 % traced, tap of 100 a second"


def main():
    options = arguments("throughput with and without tracing")
    meshes = [measure(options, number) for number in range(options.meshes)]
    print_table(merged(meshes), OFF)
    print()
    print_spread(meshes, OFF)
    print(f"The tap showed {Tap.lines} requests.")


def measure(options, number):
    samples = {OFF: [], ON: [], ALL: []}
    with Mesh(options.bin, 9291, "--trace-sampling", "off") as off, Mesh(options.bin, 9292) as on:
        for mesh in (off, on):
            mesh.load(options.seconds)
        for _ in range(options.rounds):
            samples[OFF].append(off.load(options.seconds))
            samples[ON].append(on.load(options.seconds))
            with Tap(on):
                samples[ALL].append(on.load(options.seconds))
        traces = subprocess.run([on.tulle, "trace", "--limit", "1", "-o", "json"], env=on.environment, capture_output=True, text=True, check=True).stdout
    print(f"mesh {number + 1} of {options.meshes}: its newest trace has {json.loads(traces)[0]['spans']} spans", file=sys.stderr)
    return samples


if __name__ == "__main__":
    main()
