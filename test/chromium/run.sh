#!/usr/bin/env bash
# The pages of --format html in Chromium, which is installed from Debian's packages where it is missing
# (that needs root and Debian 12 or later). No page may reach beyond its own file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v chromium >/dev/null; then
  if [[ ! -r /etc/debian_version || $EUID -ne 0 ]]; then
    echo 'These tests need the program chromium; as root on Debian they install it.' >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q install -y --no-install-recommends chromium
fi

npx mocha --config .mocharc.chromium.json "$@"
