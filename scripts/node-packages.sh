#!/usr/bin/env bash
# Installs what the Node.js programs of the end-to-end tests need, exactly as their lock file says, when it is not there yet.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/prerequisites.sh"
cd "$root/tests/Tulle.EndToEnd.Tests/Apps/node"
[[ node_modules/.package-lock.json -nt package-lock.json ]] && exit 0
require_packages node:nodejs npm:npm
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
if ! npm ci --ignore-scripts --no-audit --no-fund > "$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "tulle: npm could not install the packages of tests/Tulle.EndToEnd.Tests/Apps/node/package-lock.json; what it says is above" >&2
  exit 1
fi
touch node_modules/.package-lock.json
