#!/usr/bin/env bash
# Makes executables that need no Node.js, in the folder named (or in this one): package-binary.sh FOLDER
# [PLATFORM...], of linux-x64, linux-arm64 and win-x64; all of them when none is named. Node.js' single
# executable application; the binaries of Node.js are those that npm has as packages, of major version 24 or
# NODE_MAJOR. One blob serves all platforms: it holds neither a snapshot nor compiled code.
set -euo pipefail
target=$(realpath "${1:-.}")
shift || true
cd "$(dirname "${BASH_SOURCE[0]}")/.."
platforms=("$@")
[[ $# -gt 0 ]] || platforms=(linux-x64 linux-arm64 win-x64)
major=${NODE_MAJOR:-24}
fuse=NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2 # What Node.js looks for; not a secret.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/program"
scripts/stage.sh "$work/program"
mv "$work/program.copyright" "$target/greyprobe.copyright"
node scripts/pack-program.js "$work/program" "$work"
cat >"$work/sea.json" <<EOF
{
  "main": "packaging/binary/main.cjs",
  "output": "$work/blob",
  "disableExperimentalSEAWarning": true,
  "assets": { "program": "$work/program.json.gz", "build": "$work/build" }
}
EOF
"$(scripts/node-binary.sh "$major")" --experimental-sea-config "$work/sea.json" >/dev/null

for platform in "${platforms[@]}"; do
  file=$target/greyprobe-$platform
  [[ $platform != win-* ]] || file+=.exe
  cp "$(scripts/node-binary.sh "$major" "$platform")" "$file"
  chmod 755 "$file"
  npx --no -- postject "$file" NODE_SEA_BLOB "$work/blob" --sentinel-fuse "$fuse" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; exit 1; }
  echo "$file"
done
