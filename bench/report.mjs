// report.mjs - times as statistics, answers compared, and the table of it all.

export function stats(times) {
    const sorted = [...times].sort((a, b) => a - b);
    return { min: sorted[0], median: sorted[sorted.length >> 1], max: sorted[sorted.length - 1] };
}

// Milliseconds in three digits, and seconds from one second on.
export function duration(ms) {
    if (ms >= 1000)
        return `${(ms / 1000).toPrecision(3)} s`;
    return `${ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3)} ms`;
}

function spread(cell) {
    if (!cell)
        return '-';
    if (cell.times) {
        const { min, median, max } = stats(cell.times);
        return `${duration(median)} (${duration(min)} - ${duration(max)})`;
    }
    return cell.text;
}

function ratio(ours, theirs) {
    if (!ours || !theirs)
        return '-';
    const value = ours.times ? stats(theirs.times).median / stats(ours.times).median : theirs.value / ours.value;
    return `${value >= 10 ? value.toFixed(0) : value.toFixed(2)}x`;
}

// Same key, same text: rows sorted, numbers as numbers.
function canonical(answer) {
    return JSON.stringify(answer);
}

// Compares every peer's answers with waymark's; returns lines about differences.
export function differences(questions, systems) {
    const lines = [];
    for (const question of questions) {
        const ours = systems[0].cells[question.id];
        for (const peer of systems.slice(1)) {
            const theirs = peer.cells[question.id];
            if (!ours?.answer || !theirs?.answer)
                continue;
            const part = theirs.compare ?? ((answer) => answer);
            const a = canonical(part(ours.answer)), b = canonical(theirs.answer);
            if (a !== b)
                lines.push(`${question.title}: ${systems[0].name} ${a.slice(0, 300)} but ${peer.name} ${b.slice(0, 300)}`);
        }
    }
    return lines;
}

export function table(questions, systems) {
    const peers = systems.slice(1);
    const head = ['', systems[0].name, ...peers.flatMap((p) => [p.name, 'ratio']), 'goal'];
    const rows = questions.map((q) => {
        const ours = systems[0].cells[q.id];
        const theirs = peers.map((p) => p.cells[q.like ?? q.id]);
        return [q.title, spread(ours), ...theirs.flatMap((cell) => [spread(cell), ratio(ours, cell)]), q.goal ?? ''];
    });
    const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
    return [head, ...rows].map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n');
}
