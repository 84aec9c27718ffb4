#!/usr/bin/env bash
# Mixed traffic with rules that change, replicas that come and go and applications that are killed, for a while; prints a report.
# Usage: bench/soak/run.sh [MINUTES]     default 30
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root"
minutes="${1:-30}"
scripts/build.sh
scripts/node-packages.sh
dotnet build tests/Tulle.EndToEnd.Tests -c Release --nologo -v quiet
report="$(mktemp)"
trap 'rm -f "$report"' EXIT
status=0
TULLE_SOAK_MINUTES="$minutes" TULLE_SOAK_REPORT="$report" \
  nice tests/Tulle.EndToEnd.Tests/bin/Release/net10.0/linux-x64/Tulle.EndToEnd.Tests -noLogo -noColor -class '*SoakTests' < /dev/null || status=$?
cat "$report"
exit "$status"
