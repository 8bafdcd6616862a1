#!/bin/sh
# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

# Runs the fuzzers one after the other: run.sh BUILD-DIRECTORY [--minutes N] [FUZZER]...
# The build directory must have been set up with CC=clang, -Dfuzzing=true and -Db_sanitize=address,undefined. What they
# find out is kept in BUILD-DIRECTORY/fuzz; what breaks something belongs in corpus/FUZZER, under a name that says what.

set -eu

if [ $# -lt 1 ] || [ ! -f "$1/build.ninja" ]; then
  echo "usage: $0 BUILD-DIRECTORY [--minutes N] [FUZZER]..." >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift

minutes=1
if [ "${1:-}" = --minutes ]; then
  minutes=${2:?--minutes wants a number}
  shift 2
fi
case $minutes in
  ''|*[!0-9]*|0) echo "--minutes wants a whole number, from 1 on; not \"$minutes\"" >&2; exit 2 ;;
esac
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(cd "$here/corpus" && ls)

export G_SLICE=always-malloc
export ASAN_OPTIONS=detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS="suppressions=$here/../lsan.supp:fast_unwind_on_malloc=0:print_suppressions=0"

failed=
for fuzzer; do
  if [ ! -x "$build/tests/fuzz/fuzz-$fuzzer" ]; then
    echo "There is no fuzzer called \"$fuzzer\"." >&2
    exit 2
  fi
  found=$build/fuzz/$fuzzer
  mkdir -p "$found/corpus"

  # A server keeps some things for its next connection; the replay of its corpus under sanitizers finds what leaks.
  leaks=1
  case $fuzzer in comet|hello|server) leaks=0 ;; esac

  echo "==> $fuzzer"
  status=0
  "$build/tests/fuzz/fuzz-$fuzzer" -max_total_time=$((minutes * 60)) -max_len=2048 -timeout=20 -print_final_stats=1 \
    -detect_leaks=$leaks -artifact_prefix="$found/" "$found/corpus" "$here/corpus/$fuzzer" \
    >"$found/log" 2>&1 || status=$?
  grep -E 'DONE|^Done|^stat::number' "$found/log" || true
  if [ $status -ne 0 ]; then
    tail -n 40 "$found/log"
    failed="$failed $fuzzer"
  fi
done

if [ -n "$failed" ]; then
  echo "Found something:$failed" >&2
  exit 1
fi
