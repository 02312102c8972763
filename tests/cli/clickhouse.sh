#!/bin/sh
# `funnel --rule clickhouse` beside ClickHouse itself, level by level, on random customers. Any ClickHouse will do: the
# local program of newer releases; its library for node (npm install chdb in a folder, named by WAYMARK_CHDB), which
# is the whole of a new release; or the server and client of the distributions. Modes that it does not know are left
# out; so are, for releases before 20, equal times and rows that are several steps, which they put in another order
# than all releases since.
# WAYMARK_SEED and WAYMARK_ROUNDS as in the other random tests; WAYMARK_CUSTOMERS in each round.
. "${top_srcdir:-.}/tests/cli/lib.sh"
need awk
PATH=$PATH:/usr/sbin:/usr/local/sbin
seed=${WAYMARK_SEED:-1}
rounds=${WAYMARK_ROUNDS:-6}
customers=${WAYMARK_CUSTOMERS:-60}
server=

stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    wait 2>/dev/null
}
trap 'stop; rm -rf "$tmp"' EXIT

start_server() {
    port=$((20000 + $$ % 20000))
    mkdir -p ch/data ch/tmp ch/files
    cat >ch/config.xml <<XML
<yandex><logger><level>error</level><log>$tmp/ch/log</log><errorlog>$tmp/ch/errors</errorlog></logger>
<listen_host>127.0.0.1</listen_host><tcp_port>$port</tcp_port><http_port>$((port + 20001))</http_port>
<path>$tmp/ch/data/</path><tmp_path>$tmp/ch/tmp/</tmp_path><user_files_path>$tmp/ch/files/</user_files_path>
<mark_cache_size>67108864</mark_cache_size><timezone>UTC</timezone><users_config>$tmp/ch/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database></yandex>
XML
    cat >ch/users.xml <<XML
<yandex><profiles><default><max_threads>1</max_threads></default></profiles><users><default><password></password>
<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
<quotas><default></default></quotas></yandex>
XML
    clickhouse-server --config-file="$tmp/ch/config.xml" >/dev/null 2>&1 &
    server=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        clickhouse-client --port "$port" -q 'select 1' >/dev/null 2>&1 && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.5
    done
    echo "skipped: clickhouse-server does not start"
    exit 77
}

# load: rows.csv is table `rows`; sql TEXT: over it.
load() { :; }
if command -v clickhouse-local >/dev/null 2>&1; then
    sql() { clickhouse-local -N rows -S 'u UInt32, t UInt64, e String, p UInt8' --input-format CSV -q "$1" <rows.csv 2>sqlerr; }
elif command -v clickhouse >/dev/null 2>&1 && clickhouse local --version >/dev/null 2>&1; then
    sql() { clickhouse local -N rows -S 'u UInt32, t UInt64, e String, p UInt8' --input-format CSV -q "$1" <rows.csv 2>sqlerr; }
elif [ -n "${WAYMARK_CHDB:-}" ] && command -v node >/dev/null 2>&1; then
    cat >chdb.js <<'JS'
const { query } = require(require.resolve('chdb', { paths: [process.env.WAYMARK_CHDB] }));
const rows = "file('rows.csv', CSV, 'u UInt32, t UInt64, e String, p UInt8')";
process.stdout.write(query(process.argv[2].replace('from rows', `from ${rows}`) + ' settings max_threads = 1', 'TSV'));
JS
    sql() { node chdb.js "$1" 2>sqlerr; }
elif command -v clickhouse-server >/dev/null 2>&1 && command -v clickhouse-client >/dev/null 2>&1; then
    start_server
    load() {
        clickhouse-client --port "$port" -n -q 'drop table if exists rows;
            create table rows (u UInt32, t UInt32, e String, p UInt8) engine = Memory' 2>sqlerr
        clickhouse-client --port "$port" -q 'insert into rows format CSV' <rows.csv 2>sqlerr
    }
    sql() { clickhouse-client --port "$port" -q "$1" 2>sqlerr; }
else
    echo "skipped: ClickHouse is not installed"
    exit 77
fi

# Customers of up to 12 events in two minutes; ties=0: no two of a customer at one time.
random_rows() { # SEED TIES
    awk -v seed="$1" -v ties="$2" -v customers="$customers" 'BEGIN {
        srand(seed)
        split("a b c d", name, " ")
        for (u = 1; u <= customers; u++) {
            n = int(rand() * 13)
            t = 1700000000
            for (i = 0; i < n; i++) {
                t += int(rand() * (ties ? 4 + 8 * (seed % 3) : 20)) + !ties
                printf "%d,%d,%s,%d\n", u, t, name[1 + int(rand() * 4)], int(rand() * 2)
            }
        }
    }' >rows.csv
}

# Steps that share events: b with p is step 2 and 3, a with p step 1 and 2.
check_mode() { # MODES WINDOW
    modes=$(printf '%s' "$1" | sed "s/[a-z_][a-z_]*/, '&'/g; s/+//g")
    case " $unknown " in *" ${1:-none} "*) return ;; esac
    sql "select u, windowFunnel($2$modes)(t, $conditions) as level from rows group by u having level > 0 order by u" >theirs || {
        unknown="$unknown ${1:-none}"
        return
    }
    expect 0 funnel --step "$step1" --step "$step2" --step "$step3" --step "$step4" --window "$2s" \
        --rule "clickhouse${1:+:$1}" --detail --format json
    json '.users[] | [.user, .level] | @tsv' | sort -n >ours
    cmp -s theirs ours || {
        diff theirs ours | head -n 5
        fail "seed $seed, window $2, modes '$1', ties $ties: levels differ"
    }
    compared=$((compared + 1))
}

compared=0 stores=0
unknown= # modes this release does not have
random_rows 1 0
load
version=$(sql 'select version()')
old=$([ "${version%%.*}" -lt 20 ] && echo 1)
if [ -n "$old" ]; then
    step1=a step2=b step3=c step4=d
    conditions="e = 'a', e = 'b', e = 'c', e = 'd'"
else
    step1=a step2='b or (a and p = 1)' step3='c or (b and p = 1)' step4='a and p = 0'
    conditions="e = 'a', e = 'b' or (e = 'a' and p = 1), e = 'c' or (e = 'b' and p = 1), e = 'a' and p = 0"
fi
echo "ClickHouse $version, first seed $seed"
while [ "$rounds" -gt 0 ]; do
    for ties in 0 1; do
        [ "$ties" = 1 ] && [ -n "$old" ] && continue
        random_rows "$seed" "$ties"
        load
        stores=$((stores + 1))
        rm -rf "$WAYMARK_STORE"
        { echo user,time,event,p; cat rows.csv; } >events.csv
        expect 0 import events events.csv --type p=number --keep-duplicates --quiet
        for modes in '' strict_deduplication strict_order strict_increase strict_once strict_order+allow_reentry \
            strict_deduplication+strict_increase strict_deduplication+strict_once strict_once+strict_increase \
            strict_once+strict_order strict_order+strict_increase+strict_once+allow_reentry; do
            check_mode "$modes" "$((10 + seed * 7 % 90))"
        done
    done
    seed=$((seed + 1))
    rounds=$((rounds - 1))
done
echo "$compared comparisons"
[ "$compared" -ge "$stores" ] || fail "in $stores rounds only $compared comparisons: the plain mode is known everywhere"
finish
