/**
 * Libraries against our own code, and against what Node brings: the figures of docs/decisions/0007-libraries-and-our-own.md.
 * The candidates take turns in one process; each figure is the best of many turns. Run as `npm run bench:libraries`.
 */
import { spawnSync } from 'node:child_process';
import canonicalize from 'canonicalize';
import { parse as parseCsv } from 'csv-parse/sync';
import { RE2JS } from 're2js';
import { Temporal as Polyfill } from 'temporal-polyfill/implementation';
import { csvLines } from '../../src/csv.ts';
import { calendarOf, endOf } from '../../src/deadline/calendar.ts';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { compilePattern } from '../../src/fhirpath/index.ts';
import { dayIn } from '../../src/temporal.ts';
import { say } from './timing.ts';

/** Microseconds of one call, best of the turns; names in front. */
function compare(title: string, times: number, candidates: Readonly<Record<string, () => unknown>>): void {
  const best = new Map<string, number>();
  for (let turn = 0; turn < 9; turn++)
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now();
      for (let n = 0; n < times; n++) run();
      const took = ((performance.now() - start) * 1000) / times;
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, took));
    }
  const [first = 1] = best.values();
  const text = [...best].map(([name, took]) => `${name} ${took.toFixed(2)} µs (${(took / first).toFixed(2)})`);
  say(`${title}: ${text.join(', ')}`);
}

function once(title: string, run: () => unknown): void {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  run();
  const took = performance.now() - start;
  say(`${title}: ${took.toFixed(1)} ms, ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB`);
}

say('Patterns that V8 runs: V8, RE2');
const semver =
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?$';
for (const [source, text] of [
  ['^[0-9]{8}$', '12345678'],
  ['^[1-9][0-9]{3} ?[A-Z]{2}$', '1234 AB'],
  ['(^|/)Task/', 'https://example.org/fhir/Task/123'],
  ['^https?://[^ ]+$', 'https://example.org/fhir/Task/123'],
  [semver, '1.22.3-alpha.1'],
] as const) {
  const [ours, re2] = [compilePattern(source), RE2JS.compile(source, RE2JS.DOTALL)];
  compare(source.slice(0, 30), 2000, { ours: () => ours.test(text), re2: () => re2.test(text) });
  compare('  compiled', 50, { ours: () => compilePattern(source), re2: () => RE2JS.compile(source, RE2JS.DOTALL) });
}

say('Hostile patterns, compiled and tested once');
const many = (text: string, times: number) => text.repeat(times);
const mixed = Array.from({ length: 20_000 }, (_, at) => 'ab'[(at * at * 7 + (at >> 3)) & 1]).join('');
for (const [source, text] of [
  ['^(a+)+$', `${many('a', 50_000)}!`],
  ['^(a|aa)+$', `${many('a', 50_000)}!`],
  ['(x+x+)+y', many('x', 20_000)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', many('a', 20_000)],
  ['(\\s*([0-9a-zA-Z+/=]){4}\\s*)+$', `${many('AAAA ', 5000)}!`],
  ['(?:[ab]*a[ab]{15})+c', `c${mixed}`],
  ['(?:[ab]*a[ab]{900})+c', `c${mixed}`],
  [`(?:${many('(?:a|b|c)?', 1000)})+d`, `d${mixed}`],
  [`(?:${Array.from({ length: 1500 }, (_, at) => `word${at}`).join('|')})+!`, `!${many('word77', 3000)}`],
  ['(?:(?:x{50}){20})+y', `y${many('x', 20_000)}`],
] as const)
  once(source.slice(0, 40), () => compilePattern(source).test(text));
for (const [source, text] of [
  ['(a+)+b|a', many('a', 5000)],
  ['((a|b)*c|a)', many('a', 5000)],
  ['\\s+', many('ab cd ', 3000)],
] as const)
  once(`${source} replaced in ${text.length} characters`, () => compilePattern(source).replace(text, '<$0>'));

say('Days and zones: ours on native Temporal, the same on the polyfill, Intl as before');
const [zone, at] = ['Europe/Amsterdam', new Date('2026-11-23T09:30:00Z')];
const intl = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
compare('day of an instant', 2000, {
  native: () => dayIn(zone, at),
  polyfill: () =>
    Polyfill.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString(),
  intl: () => intl.format(at),
});
const calendar = calendarOf(zone, { goodFriday: false, liberationDay: 'lustrum' });
for (const businessDays of [1, 5, 20])
  compare(`a term of ${businessDays} business days`, 200, { native: () => endOf({ businessDays }, at, calendar) });

say('CSV: ours, csv-parse');
const table = `a;b;c;d\n${many('HealthcareService/example;adhd;"6;5";a note of some length\n', 5000)}`;
const csvOptions = { delimiter: ';', info: true, bom: true, trim: true, relax_column_count: true };
compare('5,000 lines', 1, { ours: () => csvLines(table, ';'), 'csv-parse': () => parseCsv(table, csvOptions) });
const wrong = 'a;b\n1;2\n"open;3\n4;5\n6\n7;8\n';
const found = csvLines(wrong, ';').filter(({ cells, hasOpenQuote }) => hasOpenQuote || cells.length !== 2);
say(`wrong lines of a file with an open quote in line 3 and one cell in line 5: ours ${found.map(({ line }) => line)}`);
try {
  parseCsv(wrong, csvOptions);
} catch (problem) {
  say(`  csv-parse: ${(problem as Error).message}`);
}

say('Canonical JSON: ours, canonicalize');
const bundle = {
  resourceType: 'Bundle',
  entry: Array.from({ length: 100 }, (_, id) => ({
    resource: {
      resourceType: 'Task',
      id: `${id}`,
      status: 'requested',
      priority: 'routine',
      input: [{ valueInteger: id }],
    },
  })),
};
compare('a Bundle of 100 Tasks', 20, { ours: () => canonicalJson(bundle), canonicalize: () => canonicalize(bundle) });

say('Loading, in a process of its own (CPU, memory; median of 9)');
for (const name of ['re2js', 'temporal-polyfill/implementation', 'csv-parse/sync', 'canonicalize']) {
  const code = `const cpu = process.cpuUsage(), rss = process.memoryUsage().rss; await import('${name}');
    const { user, system } = process.cpuUsage(cpu); console.log((user + system) / 1000, (process.memoryUsage().rss - rss) / 1e6)`;
  const runs = Array.from({ length: 9 }, () =>
    spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
      .stdout.split(' ')
      .map(Number),
  );
  const median = (index: number) => runs.map((it) => it[index] ?? 0).sort((a, b) => a - b)[4] ?? 0;
  say(`  ${name}: ${median(0).toFixed(1)} ms, ${median(1).toFixed(1)} MB`);
}
