#!/usr/bin/env bash
# Prints the path of the packed program: the one that GREYPROBE_TARBALL names, or a new one in the folder named:
# tarball.sh FOLDER. So one build serves all packages.
set -euo pipefail
target=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -n ${GREYPROBE_TARBALL:-} ]]; then
  realpath "$GREYPROBE_TARBALL"
else
  npm pack --silent --pack-destination "$target" >/dev/null
  echo "$target"/greyprobe-*.tgz
fi
