#!/usr/bin/env bash
# Prints the path of the newest Node.js of a major version: node-binary.sh 22 [linux-x64 | linux-arm64 | win-x64].
# It is the one that npm has as a package, and is kept in node_modules/.cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

here() {
  case $(uname -m) in
    aarch64) echo linux-arm64 ;;
    *) echo linux-x64 ;;
  esac
}

major=$1
platform=${2:-$(here)}
case $platform in
  win-*) file=node.exe ;;
  *) file=node ;;
esac
folder=$PWD/node_modules/.cache/node/$platform-$major
if [[ ! -e $folder/package/bin/$file ]]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  npm pack --silent --pack-destination "$folder" "node-$platform@$major" >/dev/null
  tar -xzf "$folder"/*.tgz -C "$folder" "package/bin/$file"
  rm "$folder"/*.tgz
fi
echo "$folder/package/bin/$file"
