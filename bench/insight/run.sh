#!/usr/bin/env bash
# What insight costs: two real meshes one after the other, with many workloads that exist only in their API and a proxy's streams for each over
# gRPC. In the first the proxies report nothing; in the second they do, and then a dashboard looks at it.
# Usage: bench/insight/run.sh [WORKLOADS [SECONDS [MINUTES]]]  default 1000 60 0; MINUTES: look at it for so long, and measure again;
#        TULLE=PATH measures that executable instead of building one
#        bench/insight/run.sh history [WORKLOADS [DAYS]]  default 1000 7: the history alone, days of it
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root"
[[ "${1:-}" = history || -n "${TULLE:-}" ]] || scripts/build.sh tulle-proxy tulle
dotnet build bench/insight -c Release --nologo -v quiet
home="$(mktemp -d)"
mesh=
stop() {
  [[ -z "$mesh" ]] || { kill -TERM "$mesh" 2>/dev/null; wait "$mesh" 2>/dev/null; } || true
  mesh=
}
trap 'stop; rm -rf "$home"' EXIT
if [[ "${1:-}" = history ]]; then
  bench/insight/bin/Release/net10.0/linux-x64/Tulle.Bench.Insight history "$home" "${2:-1000}" "${3:-7}"
  exit
fi
printf 'name: insight\nservices:\n  idle:\n    command: sleep 86400\n' > "$home/compose.yaml"
echo "${1:-1000} workloads, ${2:-60} s a row"
echo "| phase | reports/s | CPU, % of a core | RSS MB, mean | and its range |"
echo "|---|---|---|---|---|"
for kind in silent reports; do
  export TULLE_HOME="$home/$kind"
  "${TULLE:-artifacts/bin/tulle}" up -f "$home/compose.yaml" > "$home/up.log" 2>&1 &
  mesh=$!
  until [[ -s "$TULLE_HOME/dashboard" ]]; do
    kill -0 "$mesh" 2>/dev/null || { cat "$home/up.log" >&2; exit 1; }
    sleep 0.2
  done
  bench/insight/bin/Release/net10.0/linux-x64/Tulle.Bench.Insight "$TULLE_HOME" "$mesh" "${1:-1000}" "${2:-60}" "$kind" "${3:-0}"
  stop
done
