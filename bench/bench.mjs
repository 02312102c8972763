// bench.mjs - generates the bank, lets each system load and answer in turn, prints the table; see bench.sh.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { once } from 'node:events';
import * as clickhouse from './clickhouse.mjs';
import * as duckdb from './duckdb.mjs';
import { differences, duration, table } from './report.mjs';
import * as waymark from './waymark.mjs';

// Goals: doc/ARCHITECTURE.md. A ratio is the peer's median over waymark's; like: of the peer's answer to that question.
const questions = [
    { id: 'load', title: 'load the CSV', goal: '3x of DuckDB' },
    { id: 'day', title: '(then one more day, a thirtieth)', goal: 'time as its share of the load' },
    { id: 'json', title: 'load a fifth of it as JSON lines', goal: '1x of DuckDB' },
    { id: 'memory', title: 'peak memory while loading', goal: 'under 1 GB; 2 GB at 100 million' },
    { id: 'size', title: 'store size', goal: 'not larger than DuckDB' },
    { id: 'funnel', title: 'five-step funnel, 7 days', goal: '50x of DuckDB' },
    { id: 'funnelInside', like: 'funnel', title: '(the same in an open program)' },
    { id: 'windowfunnel', title: '... --rule clickhouse', goal: '50x of ClickHouse, its numbers' },
    { id: 'narrow', title: '... conditions, segment, break-down', goal: "3x waymark's own plain one" },
    { id: 'transitions', title: 'transitions within 30 minutes', goal: '50x of DuckDB' },
    { id: 'days', title: 'events and users per day', goal: '20x of DuckDB' },
    { id: 'segment', title: 'customers with an event three times', goal: '20x of DuckDB' },
    { id: 'user', title: "one user's sequence", goal: 'under 30 ms' },
    { id: 'inside', title: '(the same in an open program, 200 users)', goal: 'under 1 ms' },
    { id: 'start', title: '(start of the program alone)' },
];

const settings = {
    dir: process.env.BENCH_DIR,
    events: Number(process.env.BENCH_EVENTS),
    runs: Number(process.env.BENCH_RUNS),
    loads: Number(process.env.BENCH_LOADS),
    waymark: path.resolve(process.env.WAYMARK),
    measure: path.resolve(process.env.MEASURE),
    inside: path.resolve(process.env.INSIDE),
    threads: 2,
    steps: ['home', 'card_tab', 'bill_detail', 'instal_confirm', 'instal_success'],
};

function say(text) {
    console.error(`bench: ${text}`);
}

function generate() {
    const bank = path.join(settings.dir, `bank-${settings.events}`);
    settings.csv = path.join(bank, 'events.csv');
    settings.day = path.join(bank, 'day', 'events.csv');
    settings.json = path.join(bank, 'events.jsonl');
    if (fs.existsSync(settings.csv))
        return;
    say(`generating ${settings.events} events`);
    const m = waymark.measure(settings, [settings.waymark, '--quiet', 'generate', bank, '--seed', '1',
                                         '--users', `${Math.round(settings.events / 20)}`,
                                         '--events', `${settings.events}`]);
    say(`generated in ${duration(m.times[0])}, ${waymark.megabytes(m.rss)}`);
}

// One more day for a store that holds thirty: other customers' events among the same ones would be told from repeats
// all the same, so another seed will do.
function generateDay() {
    if (fs.existsSync(settings.day))
        return;
    const events = Math.round(settings.events / 30);
    say(`generating one more day of ${events} events`);
    waymark.measure(settings, [settings.waymark, '--quiet', 'generate', path.dirname(settings.day), '--seed', '2', '--days', '1',
                               '--users', `${Math.round(events / 20)}`, '--events', `${events}`]);
}

// The first fifth of the rows as lines of JSON: numbers as numbers, empty fields left out.
async function writeJson() {
    if (fs.existsSync(settings.json))
        return;
    say('writing JSON lines');
    const lines = readline.createInterface({ input: fs.createReadStream(settings.csv, { highWaterMark: 1 << 22 }) });
    const out = fs.createWriteStream(`${settings.json}.part`, { highWaterMark: 1 << 22 });
    let names, n = 0;
    for await (const line of lines) {
        const cells = line.split(',');
        if (!names) {
            names = cells;
            continue;
        }
        if (n++ >= settings.events / 5)
            break;
        const object = {};
        names.forEach((name, i) => {
            if (cells[i] !== '')
                object[name] = name === 'amount' ? Number(cells[i]) : cells[i];
        });
        if (!out.write(`${JSON.stringify(object)}\n`))
            await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
    fs.renameSync(`${settings.json}.part`, settings.json);
}

// Customers from n places of the file.
function someUsers(file, size, n) {
    const chunk = Buffer.alloc(4096);
    return Array.from({ length: n }, (_, i) => {
        const got = fs.readSync(file, chunk, 0, 4096, Math.floor(size * (i + 0.5) / n));
        return chunk.toString('utf8', 0, got).split('\n')[1].split(',')[0];
    });
}

// Reads the file once, so that the first to load does not pay for the disk.
function warmFile() {
    const file = fs.openSync(settings.csv, 'r');
    const chunk = Buffer.alloc(1 << 22);
    const size = fs.fstatSync(file).size;
    settings.users = someUsers(file, size, 200);
    settings.user = settings.users[100];
    for (let at = 0, n; at < size; at += n)
        n = fs.readSync(file, chunk, 0, chunk.length, at);
    fs.closeSync(file);
    return size;
}

async function run(system) {
    const cells = {};
    try {
        say(`${system.name}: loading`);
        await system.load(settings, cells);
        await system.loadJson?.(settings, cells);
        say(`${system.name}: asking`);
        await system.ask(settings, cells);
    } catch (error) {
        say(`${system.name}: ${String(error.stderr || error.stack).trim()}`);
    } finally {
        await system.close?.();
    }
    return { name: system.name, cells };
}

function wanted() {
    const peers = process.env.BENCH_PEERS.split(/\s+/);
    const systems = [waymark];
    if (peers.includes('duckdb'))
        systems.push(duckdb);
    if (peers.includes('clickhouse') && clickhouse.program())
        systems.push(clickhouse);
    else if (peers.includes('clickhouse'))
        say('ClickHouse left out: clickhouse-server is not installed');
    return systems;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => process.exit(130));
generate();
generateDay();
await writeJson();
const size = warmFile();
const systems = [];
for (const system of wanted())
    systems.push(await run(system));

console.log(`${systems[0].cells.load?.answer ?? settings.events} events, ${(size / 1e6).toFixed(0)} MB of CSV, `
    + `${os.availableParallelism()} processors (${os.cpus()[0]?.model.trim()}), ${settings.threads} threads for each peer.`);
console.log(`Median (least - most) of ${settings.runs} runs after a warm-up, ${settings.loads} of the loads. waymark: the `
    + 'whole process. Peers: the query in a warm connection.\n');
console.log(table(questions, systems));
fs.writeFileSync(path.join(settings.dir, 'results.json'), JSON.stringify({ settings, systems }, null, 1));

const different = differences(questions, systems);
const asked = questions.filter((q) => systems.every((s) => s.cells[q.id]?.answer)).map((q) => q.id);
if (asked.length === 0)
    console.log('\nNo question was answered by all: nothing is compared.');
else
    console.log(`\nAnswers compared: ${asked.join(', ')}. ${different.length ? 'They DIFFER:' : 'They agree.'}`);
for (const line of different)
    console.log(`  ${line}`);
process.exitCode = different.length || asked.length === 0 ? 1 : 0;
