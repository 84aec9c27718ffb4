# Sourced by the entry points: finds what they need, installs it from Debian's packages when root, else says what to install.

# require_sdk: the .NET 10 SDK is the one thing that Debian 12 does not package.
require_sdk() {
  if ! command -v dotnet >/dev/null || [[ $'\n'"$(dotnet --list-sdks)" != *$'\n10.'* ]]; then
    echo "tulle: the .NET 10 SDK is missing; install it as https://learn.microsoft.com/dotnet/core/install/linux says and run this again" >&2
    exit 1
  fi
}

# require_packages COMMAND:PACKAGE…: every command, from its package when it is missing.
require_packages() {
  local missing=() pair
  for pair in "$@"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  install_packages "${missing[@]}"
}

# require_library SONAME PACKAGE
require_library() {
  # Not through a pipe: who finds early ends the other side, and pipefail takes that for a failure.
  [[ "$(/sbin/ldconfig -p)" == *"$1"* ]] || install_packages "$2"
}

# require_header HEADER PACKAGE
require_header() {
  [[ -e "/usr/include/$1" ]] || install_packages "$2"
}

install_packages() {
  [[ $# -eq 0 ]] && return
  if [[ $(id -u) -ne 0 ]]; then
    echo "tulle: missing prerequisites; run: sudo apt-get install -y --no-install-recommends $*" >&2
    exit 1
  fi
  echo "installing $*" >&2
  # Some of them bring a service that nobody asked for here; Debian asks this script before it starts one.
  local policy=/usr/sbin/policy-rc.d guarded=0
  if [[ ! -e "$policy" ]]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    guarded=1
  fi
  local failed=0
  if ! { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" ||
         { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }; } >/dev/null 2>&1; then
    failed=1
  fi
  [[ $guarded -eq 1 ]] && rm -f "$policy"
  if [[ $failed -eq 1 ]]; then
    echo "tulle: apt-get could not install $*; run 'apt-get install $*' to see why" >&2
    exit 1
  fi
  local package
  for package in "$@"; do systemctl --quiet disable "${package%-light}" 2>/dev/null || true; done
}
