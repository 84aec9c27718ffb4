#!/usr/bin/env bash
# Builds the dashboard into src/dashboard/dist, from where it is compiled into tulle, when its sources changed.
# Usage: scripts/dashboard.sh [--packages]   --packages: only what its build and its tests need
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/prerequisites.sh"
cd "$root/src/dashboard"
mkdir -p "$root/artifacts/publish"

# Without root and without npm there is still everything else to build.
if ! command -v npm >/dev/null && [[ $(id -u) -ne 0 ]]; then
  echo "tulle: npm is missing, so tulle is built without its dashboard; 'sudo apt-get install -y --no-install-recommends nodejs npm' brings it" >&2
  exit 0
fi
require_packages node:nodejs npm:npm

log="$root/artifacts/publish/dashboard.log"
fail() {
  tail -n 20 "$log" >&2
  echo "tulle: $1; what it says is above, the whole log is in $log" >&2
  exit 1
}

if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  npm ci --ignore-scripts --no-audit --no-fund > "$log" 2>&1 || fail "npm could not install the packages of src/dashboard/package-lock.json"
  touch node_modules/.package-lock.json
fi
[[ "${1:-}" == --packages ]] && exit 0

stamp="$root/artifacts/publish/dashboard.stamp"
now="$(find . -type f -not -path './node_modules/*' -not -path './dist/*' -not -path './test/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)"
[[ -f dist/index.html && -f "$stamp" && "$(cat "$stamp")" == "$now" ]] && exit 0
started=$SECONDS
{ node_modules/.bin/tsc --noEmit && node_modules/.bin/vite build; } > "$log" 2>&1 || fail "building the dashboard failed"
echo "$now" > "$stamp"
echo "built the dashboard in $((SECONDS - started)) s" >&2
