import { type Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Store } from '../../store/port.ts';
import { type AuditFilter, type AuditLine, auditOfOrder, auditOfPerson } from '../../tracker/index.ts';

/** Options that narrow the audit trail. */
export type FilterOptions = {
  readonly since?: Date;
  readonly until?: Date;
  readonly partner?: string;
  readonly order?: string;
  readonly person?: string;
  readonly request?: string;
  readonly trace?: string;
  readonly outcome?: AuditLine['outcome'];
  readonly interaction?: string;
};

export const withFilterOptions = (command: Command): Command =>
  command
    .option('--since <time>', 'recorded at or after this time', time)
    .option('--until <time>', 'recorded before this time', time)
    .option('--partner <id>', 'sent or received by this partner (partners.yaml)')
    .option('--order <order>', 'of the journey of this order: id of the order or its Task, identifier, or X-Trace-Id')
    .option('--person <id>', 'about this person: id of the Patient at this gateway, never a BSN', patientId)
    .option('--request <uuid>', 'of the request with this X-Request-Id, and what it caused', uuid)
    .option('--trace <uuid>', 'of the journey with this X-Trace-Id', uuid)
    .option('--interaction <name>', 'only this interaction: accept, read, search-type, deliver')
    .addOption(new Option('--outcome <outcome>', 'only this outcome').choices(['success', 'refused', 'failed']));

/** Issues: `order-not-found`, `person-not-found`. Throws when options exclude each other. */
export async function filterOf(store: Store, options: FilterOptions): Promise<Result<AuditFilter>> {
  const { order, person, request, trace, since, until, partner, outcome, interaction } = options;
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
  if (!among) return failure(issue(order ? 'order-not-found' : 'person-not-found', {}));
  return success({
    ...(among === 'all' ? {} : { among }),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(partner ? { partner } : {}),
    ...(outcome ? { outcome } : {}),
    ...(interaction ? { interaction } : {}),
  });
}

/** The gateway itself, as it is named in the audit trail. */
const gatewayItself = 'mgn-gateway';

/**
 * That no configuration on the store has such a partner: without events it is a mistake rather than an answer. Nothing when the
 * store has no configuration. Issue: `audit-partner-unknown`.
 */
export async function partnerUnknown(store: Store, partner: string | undefined): Promise<readonly Issue[]> {
  if (partner === undefined || partner === gatewayItself) return [];
  const known = new Set<string>();
  for (const { digest } of await store.configurations())
    for (const { path, text } of (await store.configuration(digest)) ?? [])
      if (/(?:^|\/)partners\.yaml$/.test(path)) for (const id of partnersIn(text)) known.add(id);
  return known.size === 0 || known.has(partner)
    ? []
    : [issue('audit-partner-unknown', { partner, known: [...known].sort().join(', ') })];
}

function partnersIn(text: string): readonly string[] {
  const { partners } = parse(text) as { readonly partners?: readonly { readonly id?: string }[] };
  return (partners ?? []).flatMap(({ id }) => id ?? []);
}

export function time(text: string): Date {
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
