import { type Command, InvalidArgumentError, Option } from 'commander';
import { issue } from '../fhir/issue.ts';
import type { Store } from '../store/port.ts';
import { type AuditFilter, type AuditLine, auditOfOrder, auditOfPerson, auditTrail } from '../tracker/index.ts';
import { printLines } from './print-lines.ts';
import { readingStore, type StoreOptions, withStoreOptions } from './reading-store.ts';

type Options = StoreOptions & {
  readonly since?: Date;
  readonly until?: Date;
  readonly partner?: string;
  readonly order?: string;
  readonly person?: string;
  readonly request?: string;
  readonly trace?: string;
  readonly outcome?: AuditLine['outcome'];
};

const help = `
A time is a date (midnight of this machine) or a dateTime: 2026-11-01, 2026-11-01T09:00, 2026-11-01T09:00:00Z.
Events are printed in the order of writing. They have ids, codes and partners; never content, a name or a BSN.
Exits with 1 when the order or person is not in the store, with 2 when the store cannot be read.`;

/** `mgn audit`: the audit trail (NEN 7513), as ids and codes. See docs/operate/running.md. */
export const registerAudit = (program: Command): void => {
  const command = program
    .command('audit')
    .description('list the audit trail: who did what, when, and with which outcome; no personal data')
    .option('--since <time>', 'recorded at or after this time', time)
    .option('--until <time>', 'recorded before this time', time)
    .option('--partner <id>', 'sent or received by this partner (partners.yaml)')
    .option('--order <order>', 'of the journey of this order: id of the order or its Task, identifier, or X-Trace-Id')
    .option('--person <id>', 'about this person: id of the Patient at this gateway, never a BSN', patientId)
    .option('--request <uuid>', 'of the request with this X-Request-Id, and what it caused', uuid)
    .option('--trace <uuid>', 'of the journey with this X-Trace-Id', uuid)
    .addOption(new Option('--outcome <outcome>', 'only this outcome').choices(['success', 'refused', 'failed']));
  withStoreOptions(command)
    .addHelpText('after', help)
    .action((options: Options) => readingStore(options, (store) => listAudit(store, options)));
};

async function listAudit(store: Store, options: Options) {
  const { order, person, request, trace, json, since, until, partner, outcome } = options;
  const narrowing = [order, person, request, trace].filter((it) => it !== undefined);
  if (narrowing.length > 1) throw new Error('use one of --order, --person, --request and --trace');
  const among = order
    ? await auditOfOrder(store, order)
    : person
      ? await auditOfPerson(store, person)
      : request
        ? [{ requestId: request }, { correlationId: request }]
        : trace
          ? [{ traceId: trace }]
          : 'all';
  if (!among) return [issue(order ? 'order-not-found' : 'person-not-found', {})];
  const filter: AuditFilter = {
    ...(among === 'all' ? {} : { among }),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(partner ? { partner } : {}),
    ...(outcome ? { outcome } : {}),
  };
  const count = await printLines(linesOf(auditTrail(store, filter), json ? JSON.stringify : rowOf));
  if (!json) process.stdout.write(`${count} ${count === 1 ? 'event' : 'events'}\n`);
  return [];
}

async function* linesOf(trail: AsyncIterable<AuditLine>, textOf: (line: AuditLine) => string) {
  for await (const line of trail) yield textOf(line);
}

/** Time, outcome, interaction, parties; then what applies. The widths are fixed, because the trail is not read ahead. */
function rowOf({ at, outcome, interaction, step, codes, partner, recipient, references, count, ...ids }: AuditLine) {
  const parties = `${partner ?? '(not authenticated)'}${recipient ? ` -> ${recipient}` : ''}`;
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

function time(text: string): Date {
  const found = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00`) : new Date(text);
  const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  if (!isTime || Number.isNaN(found.getTime())) throw new InvalidArgumentError('Use a date or a dateTime of ISO 8601.');
  return found;
}

const pattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function uuid(text: string): string {
  if (!pattern.test(text.toLowerCase())) throw new InvalidArgumentError('Use a UUID.');
  return text.toLowerCase();
}

/** The message must not repeat what was typed: it could be a BSN. Commander shows the argument, so nothing is thrown here. */
const patientId = (text: string): string => text.toLowerCase().replace(/^patient\//, '');
