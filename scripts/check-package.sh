#!/usr/bin/env bash
# Packs the program, installs the tarball in an empty folder, and uses it there as a user would.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
checkout=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tarball=$(scripts/tarball.sh "$folder")
cd "$folder"
if tar -tzf "$tarball" | grep -E '^package/(src|test|bench|scripts|coverage)/'; then
  echo 'The package holds files that only developers need.' >&2
  exit 1
fi
mkdir app
cd app
npm install --omit=dev "$tarball"

version=$(node -p "require('$checkout/package.json').version")
npx --no -- greyprobe --version | tee version.txt
grep --quiet --fixed-strings "greyprobe/$version " version.txt
npx --no -- greyprobe demo

# Workers need two packages that come with nothing else; it says which.
status=0
npx --no -- greyprobe worker --redis redis://127.0.0.1:1 --source-ip 127.0.0.1 2>worker.txt || status=$?
cat worker.txt
[[ $status -eq 2 ]]
grep --quiet --fixed-strings 'npm install --global bullmq@6 ioredis@6' worker.txt

# The library: what it exports at run time, and types that a strict project can use.
cat >use.mts <<'END'
import * as greyprobe from 'greyprobe';

const names: readonly string[] = Object.keys(greyprobe);
console.log(`The library exports ${names.length} names.`);
if (names.length === 0) process.exitCode = 1;
END
node "$checkout/node_modules/typescript/bin/tsc" --strict --module nodenext --target es2023 \
  --types node --typeRoots "$checkout/node_modules/@types" use.mts
node use.mjs
