#!/bin/sh
# bench.sh - waymark beside DuckDB and ClickHouse, the same questions on the same file, one after the other.
#
#   make bench                              10 million events
#   make bench BENCH_EVENTS=100000000       100 million: 5 GB of CSV and about 15 GB of disk in all
#
# Settings, as make variables or from the environment:
#   BENCH_DIR     scratch folder, kept for the next run      ./bench-data
#   BENCH_EVENTS  events to generate (customers: a 20th)     10000000
#   BENCH_RUNS    timed runs of each question, after one more to warm up   7
#   BENCH_LOADS   timed loads                                3, and 1 from 50 million events on
#   BENCH_PEERS   which peers                                "duckdb clickhouse"
#
# What is measured. waymark: the whole process, from its start to its end, opening the store included; for two questions
# also inside a program that has it open. DuckDB and ClickHouse: the query alone inside a warm connection, which spares
# them their start. Loads: from the CSV in the page
# cache to a store that answers. All use at most two threads. Answers are compared: when counts differ the run fails.
# Times say something only when nothing else runs. Nothing of this belongs to `make check`.
#
# Needs node and npm (Debian: apt-get install nodejs npm); npm fetches DuckDB into BENCH_DIR. ClickHouse takes part when
# clickhouse-server is installed (Debian: apt-get install clickhouse-server); it is started on the loopback interface
# with its data in BENCH_DIR and stopped at the end.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${WAYMARK:=./waymark}" "${MEASURE:=./bench/measure}" "${INSIDE:=./bench/inside}"
: "${BENCH_DIR:=./bench-data}" "${BENCH_EVENTS:=10000000}" "${BENCH_RUNS:=7}" "${BENCH_PEERS:=duckdb clickhouse}"
if [ -z "${BENCH_LOADS:-}" ]; then
    BENCH_LOADS=3
    [ "$BENCH_EVENTS" -lt 50000000 ] || BENCH_LOADS=1
fi

die() {
    echo "bench: $*" >&2
    exit 3
}

[ -x "$WAYMARK" ] || die "$WAYMARK: no such program; run make first, or set WAYMARK"
[ -x "$MEASURE" ] || die "$MEASURE: no such program; run make bench/measure first, or set MEASURE"
[ -x "$INSIDE" ] || die "$INSIDE: no such program; run make bench/inside first, or set INSIDE"
command -v node >/dev/null || die "node is missing; apt-get install nodejs npm"

mkdir -p "$BENCH_DIR/peers"
BENCH_DIR=$(cd "$BENCH_DIR" && pwd)
case " $BENCH_PEERS " in
*" duckdb "*)
    if [ ! -d "$BENCH_DIR/peers/node_modules/@duckdb/node-api" ]; then
        command -v npm >/dev/null || die "npm is missing; apt-get install npm"
        echo "bench: fetching DuckDB with npm" >&2
        echo '{"private": true}' >"$BENCH_DIR/peers/package.json"
        (cd "$BENCH_DIR/peers" && npm install --no-audit --no-fund --loglevel=error @duckdb/node-api >&2) ||
            die "npm could not fetch @duckdb/node-api; or leave DuckDB out with BENCH_PEERS=clickhouse"
    fi
    ;;
esac

export WAYMARK MEASURE INSIDE BENCH_DIR BENCH_EVENTS BENCH_RUNS BENCH_LOADS BENCH_PEERS
exec node "$here/bench.mjs"
