#!/usr/bin/env bash
# What insight costs: a real mesh, many workloads that exist only in its API, and reports in their names over gRPC.
# Usage: bench/insight/run.sh [WORKLOADS [SECONDS]]     default 1000 30
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root"
scripts/build.sh tulle-proxy tulle
dotnet build bench/insight -c Release --nologo -v quiet
home="$(mktemp -d)"
printf 'name: insight\nservices:\n  idle:\n    command: sleep 86400\n' > "$home/compose.yaml"
export TULLE_HOME="$home/state"
artifacts/bin/tulle up -f "$home/compose.yaml" > "$home/up.log" 2>&1 &
mesh=$!
trap 'kill -INT "$mesh" 2>/dev/null; wait "$mesh" 2>/dev/null || true; rm -rf "$home"' EXIT
until [[ -s "$TULLE_HOME/dashboard" ]]; do
  kill -0 "$mesh" 2>/dev/null || { cat "$home/up.log" >&2; exit 1; }
  sleep 0.2
done
bench/insight/bin/Release/net10.0/linux-x64/Tulle.Bench.Insight "$TULLE_HOME" "$mesh" "${1:-1000}" "${2:-30}"
