#!/usr/bin/env bash
# Publishes the native executables into artifacts/bin when a source changed since the last time.
# Usage: scripts/build.sh [NAME…]   NAME: tulle, tulle-proxy, shop (default: all)
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
. scripts/prerequisites.sh

bin="$root/artifacts/bin"
mkdir -p "$bin" "$root/artifacts/publish"

project_of() {
  case "$1" in
    tulle) echo src/Tulle.Cli/Tulle.Cli.csproj ;;
    tulle-proxy) echo src/Tulle.Proxy/Tulle.Proxy.csproj ;;
    shop) echo samples/shop/Shop.csproj ;;
    *) echo "build.sh: unknown executable '$1'; it builds tulle, tulle-proxy and shop" >&2; exit 2 ;;
  esac
}

# What a build depends on: file names and contents of the sources, not their times, so that a fresh checkout of the
# same commit is up to date.
fingerprint() {
  local folders=(src)
  [[ "$1" == shop ]] && folders=(samples/shop)
  # The dashboard is inside tulle, and is not when there was no npm to build it with.
  if [[ "$1" == tulle ]]; then command -v npm || true; fi
  { find "${folders[@]}" -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.proto' -o -name '*.json' -o -name '*.yaml' -o -name '*.schema' \) \
      -not -path '*/obj/*' -not -path '*/bin/*' -not -path 'src/dashboard/*' -print0
    [[ "$1" == tulle && -d src/dashboard ]] && find src/dashboard -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0
    printf '%s\0' Directory.Build.props Directory.Packages.props src/Directory.Build.props; } |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

# Several commands may find the sources changed at once; one of them builds.
exec 9> "$root/artifacts/build.lock"
flock 9

names=("$@")
[[ $# -eq 0 ]] && names=(tulle-proxy tulle shop)
for name in "${names[@]}"; do
  project="$(project_of "$name")"
  stamp="$root/artifacts/publish/$name.stamp"
  now="$(fingerprint "$name")"
  [[ -x "$bin/$name" && -f "$stamp" && "$(cat "$stamp")" == "$now" ]] && continue

  require_sdk
  require_packages clang:clang ld.lld:lld
  require_library libssl.so.3 libssl3
  require_header zlib.h zlib1g-dev
  # Its pages, with what they are made of; without npm tulle is built without them, and says so where they would be.
  if [[ "$name" == tulle && -x scripts/dashboard.sh ]]; then scripts/dashboard.sh; fi
  started=$SECONDS
  echo "building $name (native code, takes about a minute) …" >&2
  log="$root/artifacts/publish/$name.log"
  if ! dotnet publish "$project" -c Release -r linux-x64 -o "$root/artifacts/publish/$name" --nologo -v quiet > "$log" 2>&1; then
    grep -E 'error|warning' "$log" | sort -u | head -20 >&2 || true
    echo "tulle: building $name failed; the whole log is in $log" >&2
    exit 1
  fi
  # Replaced by rename, so that running processes keep the file they were started from.
  for file in "$root/artifacts/publish/$name/"*; do
    case "$file" in *.dbg | *.pdb | *.xml) continue ;; esac
    cp -r "$file" "$bin/.new" && { [[ -d "$bin/.new" ]] && rm -rf "$bin/$(basename "$file")"; mv "$bin/.new" "$bin/$(basename "$file")"; }
  done
  echo "$now" > "$stamp"
  echo "built $name in $((SECONDS - started)) s" >&2
done
