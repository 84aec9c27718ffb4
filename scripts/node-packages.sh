#!/usr/bin/env bash
# Installs what the Node.js programs of the end-to-end tests need, exactly as their lock files say, when it is not there yet.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/prerequisites.sh"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
for folder in "$root"/tests/Tulle.EndToEnd.Tests/Apps/*/; do
  cd "$folder"
  [[ ! -f package-lock.json || node_modules/.package-lock.json -nt package-lock.json ]] && continue
  require_packages node:nodejs npm:npm
  if ! npm ci --ignore-scripts --no-audit --no-fund > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "tulle: npm could not install the packages of ${folder#"$root"/}package-lock.json; what it says is above" >&2
    exit 1
  fi
  touch node_modules/.package-lock.json
done
