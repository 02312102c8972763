// waymark.mjs - waymark as its users meet it: one process for each question.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const name = 'waymark';

// Allocated bytes of all files below a path.
export function diskBytes(at) {
    const info = fs.statSync(at);
    if (!info.isDirectory())
        return info.blocks * 512;
    return fs.readdirSync(at).reduce((sum, entry) => sum + diskBytes(path.join(at, entry)), 0);
}

export function megabytes(kib) {
    return `${Math.round(kib / 1024)} MiB`;
}

// Runs a program under `measure`; returns times in ms, peak memory, and the last run's standard output.
export function measure(settings, command, { runs = 1, warmUps = 0 } = {}) {
    const output = path.join(settings.dir, 'answer');
    const text = execFileSync(settings.measure,
        ['-n', `${runs}`, '-w', `${warmUps}`, '-o', output, ...command],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const { us, rss_kib } = JSON.parse(text);
    return { times: us.map((t) => t / 1000), rss: rss_kib, output: fs.readFileSync(output, 'utf8') };
}

export async function load(settings, cells) {
    const store = path.join(settings.dir, 'waymark-store');
    const times = [];
    let rss = 0;
    for (let i = 0; i < settings.loads; i++) {
        fs.rmSync(store, { recursive: true, force: true });
        const m = measure(settings, [settings.waymark, '-s', store, '--quiet', '--format', 'json', 'import', 'events',
                                     settings.csv, '--tz', 'Asia/Shanghai']);
        const { summary } = JSON.parse(m.output);
        if (summary.rejected)
            throw new Error(`waymark rejected ${summary.rejected} rows`);
        times.push(...m.times);
        rss = Math.max(rss, m.rss);
        cells.load = { times, answer: summary.rows };
    }
    const bytes = diskBytes(store);
    cells.memory = { text: megabytes(rss), value: rss };
    cells.size = { text: `${(bytes / cells.load.answer).toFixed(2)} bytes/event`, value: bytes };
}

// On disk before anything is timed: else the first commit would write the whole copy.
function copyStore(from, to) {
    fs.rmSync(to, { recursive: true, force: true });
    fs.cpSync(from, to, { recursive: true });
    const file = fs.openSync(path.join(to, 'data.mdb'), 'r+');
    fs.fsyncSync(file);
    fs.closeSync(file);
}

// Into a copy of nothing but what the first load left: the store grows by a day.
async function loadDay(settings, cells) {
    const store = path.join(settings.dir, 'waymark-store'), grown = path.join(settings.dir, 'waymark-grown');
    const times = [];
    for (let i = 0; i < settings.loads; i++) {
        copyStore(store, grown);
        const m = measure(settings, [settings.waymark, '-s', grown, '--quiet', '--format', 'json', 'import', 'events',
                                     settings.day, '--tz', 'Asia/Shanghai']);
        times.push(...m.times);
    }
    fs.rmSync(grown, { recursive: true, force: true });
    cells.day = { times };
}

export async function loadJson(settings, cells) {
    await loadDay(settings, cells);
    const store = path.join(settings.dir, 'waymark-json');
    const times = [];
    let rows = 0;
    for (let i = 0; i < settings.loads; i++) {
        fs.rmSync(store, { recursive: true, force: true });
        const m = measure(settings, [settings.waymark, '-s', store, '--quiet', '--format', 'json', 'import', 'events',
                                     settings.json, '--tz', 'Asia/Shanghai']);
        const { summary } = JSON.parse(m.output);
        if (summary.rejected)
            throw new Error(`waymark rejected ${summary.rejected} rows of JSON`);
        times.push(...m.times);
        rows = summary.rows;
    }
    fs.rmSync(store, { recursive: true, force: true });
    cells.json = { times, answer: rows };
}

const commands = {
    start: () => ['--version'],
    funnel: (s) => ['funnel', ...s.steps.flatMap((step) => ['--step', step]), '--window', '7d'],
    windowfunnel: (s) => ['funnel', ...s.steps.flatMap((step) => ['--step', step]), '--window', '7d', '--rule', 'clickhouse'],
    narrow: (s) => ['funnel', ...s.steps.flatMap((step, k) => ['--step', k === 2 || k === 3 ? `${step} and channel = "app"` : step]),
                    '--window', '7d', '--segment', `did(${s.steps[0]}) >= 2`, '--by', 'channel'],
    transitions: () => ['transitions', '--gap', '30m', '--top', '0'],
    days: () => ['events', '--unit', 'day'],
    segment: (s) => ['segment', 'count', `did(${s.steps[0]}) >= 3`],
    user: (s) => ['user', s.user],
};

const answers = {
    start: () => null,
    funnel: ({ rows }) => rows.map((row) => row.users),
    windowfunnel: ({ rows }) => rows.map((row) => row.users),
    narrow: ({ rows }) => rows.map((row) => [row.step, row.group, row.users]),
    transitions: ({ rows }) => rows.map((row) => [row.from, row.to, row.count]).sort(),
    days: ({ rows }) => rows.map((row) => [String(row.bucket).slice(0, 10), row.events, row.users]).sort(),
    segment: ({ summary }) => summary.users,
    user: ({ rows }) => rows.map((row) => [String(row.time).slice(0, 19).replace('T', ' '), row.event]),
};

function inside(settings, store, ...argv) {
    const text = execFileSync(settings.inside, [store, ...argv], { encoding: 'utf8' });
    return { times: JSON.parse(text).us.map((t) => t / 1000) };
}

function askInside(settings, store, cells) {
    cells.inside = inside(settings, store, 'id', ...settings.users);
    cells.funnelInside = inside(settings, store, 'ask', `${3 * settings.runs}`, 'funnel', 'window=7d',
                                ...settings.steps.map((step) => `step=${step}`));
}

export async function ask(settings, cells) {
    const store = path.join(settings.dir, 'waymark-store');
    askInside(settings, store, cells);
    for (const [id, command] of Object.entries(commands)) {
        const plain = id === 'start';
        const argv = [settings.waymark, ...(plain ? [] : ['-s', store, '--format', 'json']), ...command(settings)];
        try {
            const m = measure(settings, argv, { runs: settings.runs, warmUps: 1 });
            cells[id] = { times: m.times, answer: plain ? null : answers[id](JSON.parse(m.output)) };
        } catch (error) {
            console.error(`bench: waymark cannot answer "${id}": ${String(error.stderr || error.message).trim()}`);
        }
    }
}
