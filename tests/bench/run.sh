#!/bin/sh
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

# Builds what the benchmark needs and runs all of it: run.sh BUILD-DIRECTORY [OPTION OF rocketio-bench]...
# The build directory must have been set up with -Dbench=true, best with --buildtype=release.

set -eu

if [ $# -lt 1 ] || [ ! -f "$1/build.ninja" ]; then
  echo "usage: $0 BUILD-DIRECTORY [OPTION]..." >&2
  echo "(meson setup BUILD-DIRECTORY -Dbench=true --buildtype=release makes one)" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift

# Others are measured too where there is Node.js; without it, rocketio-bench says what it leaves out.
if command -v npm >/dev/null; then
  if ! cmp -s "$here/package-lock.json" "$here/node_modules/.installed"; then
    (cd "$here" && npm ci --no-audit --no-fund && cp package-lock.json node_modules/.installed)
  fi
fi

ninja -C "$build"
exec "$build/tests/bench/rocketio-bench" --testapp "$build/tests/rocketio-testapp" "$@"
