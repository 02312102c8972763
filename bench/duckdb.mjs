// duckdb.mjs - DuckDB, the best SQL we know for each question, in one warm connection of its own process.
//
//     node duckdb.mjs load SETTINGS.json       one load: creates the database, prints {ms, rows, version}
//     node duckdb.mjs json SETTINGS.json       one load of the JSON lines: prints {ms, rows}
//     node duckdb.mjs ask SETTINGS.json        all questions: prints {id: {times, answer}}
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, megabytes } from './waymark.mjs';

export let name = 'DuckDB';

const self = fileURLToPath(import.meta.url);

function database(settings) {
    return path.join(settings.dir, 'duckdb.db');
}

async function connect(settings) {
    const require = createRequire(path.join(settings.dir, 'peers', 'package.json'));
    const { DuckDBInstance } = require('@duckdb/node-api');
    const instance = await DuckDBInstance.create(database(settings), { threads: `${settings.threads}` });
    return { connection: await instance.connect(), instance };
}

function quoted(text) {
    return `'${text.replaceAll("'", "''")}'`;
}

// The rule "best" of waymark: of all chains of steps in the order of (time, arrival) within the window of their first
// event, the deepest. What matters of a chain is its latest possible start s: if that is out of the window every
// earlier one is too. Each step looks only at its own events and the survivors of the step before, and only at users
// who have both. On this data ASOF joins take half as long again, windows over all steps at once five times as long.
export function funnel({ steps }) {
    const before = '(partition by user_id order by time, r rows between unbounded preceding and 1 preceding)';
    const parts = [`s1 as (select user_id, time, rowid r, time s from events where event = ${quoted(steps[0])})`];
    for (let k = 2; k <= steps.length; k++)
        parts.push(
            `c${k} as (select user_id, time, rowid r, null::timestamp s from events where event = ${quoted(steps[k - 1])})`,
            `u${k} as (select *, max(s) over ${before} m from
              (from c${k} union all from s${k - 1} where user_id in (select user_id from c${k})))`,
            `s${k} as materialized (select user_id, time, r, m s from u${k}
              where s is null and time <= m + interval 7 days)`);
    const counts = steps.map((_, i) => `(select count(distinct user_id) from s${i + 1})`);
    return `with ${parts.join(',\n')} select ${counts.join(', ')}`;
}

const questions = {
    funnel: { sql: funnel, answer: (rows) => rows[0].map(Number) },
    transitions: {
        sql: () => `select event, next, count(*) from
            (select event, time, lead(event) over w as next, lead(time) over w as next_time from events
             window w as (partition by user_id order by time, rowid))
            where next_time - time <= interval 30 minutes group by all`,
        answer: (rows) => rows.map(([from, to, n]) => [from, to, Number(n)]).sort(),
    },
    days: {
        sql: () => 'select time::date, count(*), count(distinct user_id) from events group by 1 order by 1',
        answer: (rows) => rows.map(([day, events, users]) => [day, Number(events), Number(users)]),
    },
    segment: {
        sql: ({ steps }) => `select count(*) from (select user_id from events where event = ${quoted(steps[0])}
            group by user_id having count(*) >= 3)`,
        answer: (rows) => Number(rows[0][0]),
    },
    user: {
        sql: ({ user }) => `select time, event, * from events where user_id = ${user} order by time, rowid`,
        answer: (rows) => rows.map(([time, event]) => [time, event]),
    },
};

async function timed(connection, sql) {
    const begin = performance.now();
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    return { ms: performance.now() - begin, rows };
}

async function loadOnce(settings) {
    const { connection } = await connect(settings);
    const { ms } = await timed(connection, `create table events as select * from read_csv(${quoted(settings.csv)})`);
    const { rows } = await timed(connection, 'select count(*), version() from events');
    await timed(connection, 'checkpoint');
    const size = await timed(connection, 'select used_blocks * block_size from pragma_database_size()');
    return { ms, rows: Number(rows[0][0]), version: rows[0][1], bytes: Number(size.rows[0][0]) };
}

async function loadJsonOnce(settings) {
    const { connection } = await connect(settings);
    const { ms } = await timed(connection, `create table json as select * from read_json(${quoted(settings.json)},
        format = 'newline_delimited')`);
    const { rows } = await timed(connection, 'select count(*) from json');
    await timed(connection, 'drop table json');
    return { ms, rows: Number(rows[0][0]) };
}

async function askAll(settings) {
    const { connection } = await connect(settings);
    const cells = {};
    for (const [id, { sql, answer }] of Object.entries(questions)) {
        const text = sql(settings);
        await timed(connection, text);
        const times = [];
        let rows;
        for (let i = 0; i < settings.runs; i++) {
            const run = await timed(connection, text);
            times.push(run.ms);
            rows = run.rows;
        }
        cells[id] = { times, answer: answer(rows) };
    }
    return cells;
}

function child(settings, verb) {
    const file = path.join(settings.dir, 'settings.json');
    fs.writeFileSync(file, JSON.stringify(settings));
    const m = measure(settings, [process.execPath, self, verb, file]);
    return { ...m, result: JSON.parse(m.output) };
}

export async function load(settings, cells) {
    const times = [];
    let rss = 0, last;
    for (let i = 0; i < settings.loads; i++) {
        fs.rmSync(database(settings), { force: true });
        fs.rmSync(`${database(settings)}.wal`, { force: true });
        last = child(settings, 'load');
        times.push(last.result.ms);
        rss = Math.max(rss, last.rss);
    }
    name = `DuckDB ${last.result.version}`;
    const { bytes } = last.result; // blocks in use: its file keeps as many free ones again after a load
    cells.load = { times, answer: last.result.rows };
    cells.memory = { text: megabytes(rss), value: rss };
    cells.size = { text: `${(bytes / last.result.rows).toFixed(2)} bytes/event`, value: bytes };
}

export async function loadJson(settings, cells) {
    const times = [];
    let last;
    for (let i = 0; i < settings.loads; i++) {
        last = child(settings, 'json');
        times.push(last.result.ms);
    }
    cells.json = { times, answer: last.result.rows };
}

export async function ask(settings, cells) {
    Object.assign(cells, child(settings, 'ask').result);
}

if (process.argv[1] === self) {
    const settings = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));
    const verbs = { load: loadOnce, json: loadJsonOnce, ask: askAll };
    const result = await verbs[process.argv[2]](settings);
    fs.writeSync(1, JSON.stringify(result));
    process.exit(0); // the instance keeps node alive otherwise
}
