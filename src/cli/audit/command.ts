import type { Command } from 'commander';
import type { Store } from '../../store/port.ts';
import { type AuditLine, auditRows, auditTrail } from '../../tracker/index.ts';
import { printLines } from '../print-lines.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { type FilterOptions, filterOf, partnerUnknown, withFilterOptions } from './filter.ts';
import { registerPerson } from './person.ts';
import { registerReceipt } from './receipt.ts';
import { registerVerify } from './verify.ts';

type Options = StoreOptions & FilterOptions;

const help = `
A time is a date (midnight of this machine) or a dateTime: 2026-11-01, 2026-11-01T09:00, 2026-11-01T09:00:00Z.
Events are printed in the order of writing. They have ids, codes and partners; never content, a name or a BSN.
Exits with 1 when the order, person or partner is not known, with 2 when the store cannot be read.`;

/** `mgn audit`: the audit trail (NEN 7513), as ids and codes. See docs/operate/running.md. */
export const registerAudit = (program: Command): void => {
  const command = program
    .command('audit')
    .description('list the audit trail: who did what, when, and with which outcome; no personal data');
  withStoreOptions(withFilterOptions(command))
    .addHelpText('after', help)
    .action((options: Options) => readingStore(options, (store) => listAudit(store, options)));
  registerVerify(command);
  registerPerson(command);
  registerReceipt(command);
  const exporting = command
    .command('export')
    .description('write the AuditEvents of the trail as NDJSON: one FHIR resource per line');
  withFilterOptions(exporting);
  withStoreOptions(exporting).action((_: Options, own: Command) => {
    const options: Options = own.optsWithGlobals();
    return readingStore(options, (store) => exportAudit(store, options));
  });
};

async function listAudit(store: Store, options: Options) {
  const { json, partner } = options;
  const filter = await filterOf(store, options);
  if (!filter.ok) return filter.issues;
  const count = await printLines(linesOf(auditTrail(store, filter.value), json ? JSON.stringify : rowOf));
  const unknown = count === 0 ? await partnerUnknown(store, partner) : [];
  if (!json && unknown.length === 0) process.stdout.write(`${count} ${count === 1 ? 'event' : 'events'}\n`);
  return unknown;
}

async function exportAudit(store: Store, options: Options) {
  const filter = await filterOf(store, options);
  if (!filter.ok) return filter.issues;
  const count = await printLines(linesOf(auditRows(store, filter.value), ({ text }) => text));
  return count === 0 ? partnerUnknown(store, options.partner) : [];
}

async function* linesOf<T>(trail: AsyncIterable<T>, textOf: (line: T) => string) {
  for await (const line of trail) yield textOf(line);
}

/** Time, outcome, interaction, parties; then what applies. The widths are fixed, because the trail is not read ahead. */
function rowOf({ at, outcome, interaction, step, codes, partner, recipient, references, count, ...ids }: AuditLine) {
  const parties = `${partner ?? '(not authenticated)'}${ids.person ? ` (${ids.person})` : ''}${recipient ? ` -> ${recipient}` : ''}`;
  const first = `${at}  ${outcome.padEnd(7)}  ${interaction.padEnd(16)}  ${parties}`;
  const second = [step && `at ${step}:`, ...codes, ...(count === undefined ? [] : [`${count} times`])].filter(Boolean);
  const traces = [ids.requestId && `request ${ids.requestId}`, ids.traceId && `trace ${ids.traceId}`].filter(Boolean);
  return [
    first,
    ...(second.length ? [`    ${second.join(' ')}`] : []),
    ...(traces.length ? [`    ${traces.join('  ')}`] : []),
    ...chunksOf(references, 4).map((some) => `    ${some.join(' ')}`),
  ].join('\n');
}

const chunksOf = (all: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
