// clickhouse.mjs - ClickHouse, a server of our own on the loopback interface, asked over HTTP.
//
// Written for 18.16, the version of Debian 12; newer ones take the same statements. Its MergeTree keeps no order of
// arrival, so for events of the same second only what does not depend on their order is compared.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import http from 'node:http';
import path from 'node:path';
import { megabytes } from './waymark.mjs';

export let name = 'ClickHouse';

const agent = new http.Agent({ keepAlive: true });
let server, port;

// clickhouse-server of the distributions or the all-in-one program of newer releases.
export function program() {
    const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
    for (const [file, ...before] of [['clickhouse-server'], ['clickhouse', 'server']])
        for (const folder of folders)
            if (folder && fs.existsSync(path.join(folder, file)))
                return [path.join(folder, file), ...before];
    return null;
}

async function freePort() {
    const probe = net.createServer();
    await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port: free } = probe.address();
    await new Promise((resolve) => probe.close(resolve));
    return free;
}

function request(sql, body) {
    return new Promise((resolve, reject) => {
        const call = http.request({ host: '127.0.0.1', port, method: 'POST', agent,
                                    path: `/?query=${encodeURIComponent(sql)}` }, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('end', () => {
                const text = Buffer.concat(parts).toString('utf8');
                if (reply.statusCode === 200)
                    resolve(text);
                else
                    reject(new Error(text.slice(0, 500)));
            });
        });
        call.on('error', reject);
        if (body)
            body.pipe(call);
        else
            call.end();
    });
}

async function rowsOf(sql) {
    return JSON.parse(await request(`${sql} format JSONCompact`)).data;
}

function configuration(folder, tcpPort) {
    return `<yandex>
<logger><level>error</level><log>${folder}/log</log><errorlog>${folder}/errors</errorlog></logger>
<listen_host>127.0.0.1</listen_host><http_port>${port}</http_port><tcp_port>${tcpPort}</tcp_port>
<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><user_files_path>${folder}/files/</user_files_path>
<mark_cache_size>1073741824</mark_cache_size><timezone>UTC</timezone>
<users_config>${folder}/users.xml</users_config><default_profile>default</default_profile>
<default_database>default</default_database>
</yandex>\n`;
}

const users = (threads) => `<yandex><profiles><default><max_threads>${threads}</max_threads>
<max_memory_usage>16000000000</max_memory_usage></default></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
<quota>default</quota></default></users><quotas><default></default></quotas></yandex>\n`;

async function answers() {
    for (let i = 0; i < 100; i++) {
        try {
            return await request('select version()');
        } catch {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        if (server.exitCode !== null)
            break;
    }
    throw new Error('clickhouse-server does not answer; see clickhouse/errors in the scratch folder');
}

async function start(settings) {
    const folder = path.join(settings.dir, 'clickhouse');
    fs.rmSync(folder, { recursive: true, force: true });
    for (const part of ['data', 'tmp', 'files'])
        fs.mkdirSync(path.join(folder, part), { recursive: true });
    port = await freePort();
    fs.writeFileSync(path.join(folder, 'config.xml'), configuration(folder, await freePort()));
    fs.writeFileSync(path.join(folder, 'users.xml'), users(settings.threads));
    const [file, ...before] = program();
    server = spawn(file, [...before, `--config-file=${path.join(folder, 'config.xml')}`], { stdio: 'ignore' });
    process.once('exit', () => server.kill('SIGKILL')); // however this ends, the server does not outlive it
    name = `ClickHouse ${(await answers()).trim()}`;
}

async function loadOnce(settings) {
    await request('drop table if exists events');
    await request(`create table events (user_id UInt32, time DateTime, event String, channel String, result String,
        error_code String, amount String) engine = MergeTree partition by tuple() order by (user_id, time)`);
    const begin = performance.now();
    await request('insert into events format CSVWithNames', fs.createReadStream(settings.csv, { highWaterMark: 1 << 20 }));
    return performance.now() - begin;
}

// Linux only: the kernel's high-water mark.
function peakKib() {
    try {
        return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]);
    } catch {
        return 0;
    }
}

export async function load(settings, cells) {
    await start(settings);
    const times = [];
    for (let i = 0; i < settings.loads; i++)
        times.push(await loadOnce(settings));
    await request('optimize table events final');
    cells.load = { times, answer: Number((await rowsOf('select count() from events'))[0][0]) };
    cells.memory = { text: megabytes(peakKib()), value: peakKib() };
    const [[bytes]] = await rowsOf("select sum(bytes_on_disk) from system.parts where table = 'events' and active");
    cells.size = { text: `${(bytes / cells.load.answer).toFixed(2)} bytes/event`, value: Number(bytes) };
}

const total = (rows) => rows.reduce((sum, row) => sum + row[2], 0);

const windowFunnel = {
    sql: ({ steps }) => `select ${steps.map((_, i) => `countIf(level >= ${i + 1})`)} from (select user_id,
        windowFunnel(604800)(time, ${steps.map((step) => `event = '${step}'`)}) as level from events
        where event in (${steps.map((step) => `'${step}'`)}) group by user_id)`,
    answer: (rows) => rows[0].map(Number),
};

const questions = {
    funnel: windowFunnel,
    windowfunnel: windowFunnel,
    transitions: {
        sql: () => `select p.1, p.2, count() from (select arrayJoin(arrayFilter(p -> p.3 <= 1800,
            arrayMap((a, b) -> (a.2, b.2, b.1 - a.1), arrayPopBack(s), arrayPopFront(s)))) as p
            from (select user_id, arraySort(e -> e.1, groupArray((toUInt32(time), event))) as s from events
            group by user_id)) group by p.1, p.2`,
        answer: (rows) => rows.reduce((sum, row) => sum + Number(row[2]), 0),
        compare: total,
    },
    days: {
        sql: () => 'select toDate(time) as day, count(), uniqExact(user_id) from events group by day order by day',
        answer: (rows) => rows.map(([day, events, n]) => [day, Number(events), Number(n)]),
    },
    segment: {
        sql: ({ steps }) => `select count() from (select user_id from events where event = '${steps[0]}'
            group by user_id having count() >= 3)`,
        answer: (rows) => Number(rows[0][0]),
    },
    user: {
        sql: ({ user }) => `select * from events where user_id = ${user} order by time`,
        answer: (rows) => rows.length,
        compare: (answer) => answer.length,
    },
};

export async function ask(settings, cells) {
    for (const [id, { sql, answer, compare }] of Object.entries(questions)) {
        const text = sql(settings);
        let rows = await rowsOf(text);
        const times = [];
        for (let i = 0; i < settings.runs; i++) {
            const begin = performance.now();
            rows = await rowsOf(text);
            times.push(performance.now() - begin);
        }
        cells[id] = { times, answer: answer(rows), compare };
    }
}

export async function close() {
    if (!server || server.exitCode !== null)
        return;
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.kill('SIGTERM');
    await ended;
}
