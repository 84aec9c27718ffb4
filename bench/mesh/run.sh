#!/usr/bin/env bash
# Compares tulle-proxy with HAProxy and nginx on this machine, in alternating rounds, and prints tables in Markdown.
# Usage: bench/mesh/run.sh [--rounds N] [--seconds S] [--proxy PATH] [--loops 1,2] [--scenarios one-hop,mtls,…]
#                          [--memory yes|no] [--policy on|off]        (bench/mesh/run.sh --help lists the scenarios)
# Needs wrk, h2load, nginx, haproxy, openssl, python3. Without --proxy it builds artifacts/bin/tulle-proxy first.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
if [[ " $* " != *" --proxy"* && " $* " != *" --help "* ]]; then
  "$root/scripts/build.sh" tulle-proxy >&2
  set -- --proxy "$root/artifacts/bin/tulle-proxy" "$@"
fi
exec python3 "$here/compare.py" "$@"
