import { emergencyDetail, legalBasisDetail, reasonDetail } from '../audit/event.ts';
import type { AuditEvent, Store } from '../store/port.ts';
import type { AuditLine } from './audit-event.ts';
import { type AuditSource, auditRows } from './audit-trail.ts';
import { patientsOf, removedResources, resourcesAbout, type WhichPerson } from './find-person.ts';

/** A party as the report names it. */
export type ReportParty = { readonly id: string; readonly name: string };

/** Who did what with data of a person, when, and on which ground (artikel 15 AVG, NEN 7513). */
export type ReportLine = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly interaction: string;
  readonly outcome: AuditLine['outcome'];
  /** Absent: not authenticated. */
  readonly who?: ReportParty;
  readonly recipient?: ReportParty;
  /** Types of the resources of this person that it concerned, each once. */
  readonly types: readonly string[];
  /** Code of mgn-legal-basis: of a disclosure, or of the last disclosure to who read. */
  readonly legalBasis?: string;
  /** Who read has sent data about this person itself. */
  readonly isSender: boolean;
  /** Of a disclosure: `referral`, `status`, `feedback`. */
  readonly purpose?: string;
  /** It was done under emergency access (noodtoegang): the reason that was stated. */
  readonly emergency?: string;
  /** How many of the same kind it stands for. */
  readonly count: number;
  /** Of several: the last one, as `at`. */
  readonly until?: string;
};

/** `patients`: those whose events it has, also when the retention removed them. */
export type PersonReport = {
  readonly patients: number;
  /** The same by reference: `Patient/1`. */
  readonly references: readonly string[];
  readonly lines: readonly ReportLine[];
};

type Tracked = Pick<Store, 'read' | 'search' | 'audit' | 'referringTo' | 'formerPatients'>;

/** Resources of one query of the trail. */
const together = 50;

/**
 * The report of a person over all Patients of that person, in the order of writing. It contains nothing of another person, also
 * where one event concerns several. Undefined when this gateway has no such person.
 */
export async function personReport(store: Tracked, which: WhichPerson): Promise<PersonReport | undefined> {
  const patients = await patientsOf(store, which);
  const own = new Set([
    ...(await resourcesAbout(store, patients.stored)),
    ...(await removedResources(store, patients.removed)),
  ]);
  if (own.size === 0) return undefined;
  const found = new Map<number, Found>();
  const collect = async (among: readonly AuditSource[], isOwn: (line: AuditLine) => boolean): Promise<void> => {
    for await (const { line, text } of auditRows(store, { among }))
      if (!found.has(line.seq) && isOwn(line)) found.set(line.seq, { line, event: JSON.parse(text) as AuditEvent });
  };
  const names = [...own];
  for (let start = 0; start < names.length; start += together)
    await collect([{ entities: names.slice(start, start + together) }], () => true);
  // an attempt to deliver names no resource, but the request that caused it: that one was about this person alone
  const requests = new Set(
    [...found.values()].flatMap(({ line }) => (line.action !== 'R' && line.requestId ? [line.requestId] : [])),
  );
  for (const correlationId of requests)
    await collect(
      [{ correlationId }],
      ({ references }) => references.length === 0 || references.some((it) => own.has(it)),
    );
  const all = [...found.values()].sort((one, other) => one.line.seq - other.line.seq);
  const references = names.filter((it) => it.startsWith('Patient/'));
  return { patients: references.length, references, lines: linesOf(summedUp(all), own) };
}

type Found = { readonly line: AuditLine; readonly event: AuditEvent };

/**
 * The failed attempts of one delivery as one, in the place of the first, with the time of the last: a receiver that is away for a
 * day would fill the report. Attempts of one delivery have one X-Request-Id.
 */
function summedUp(all: readonly Found[]): readonly (Found & { readonly until?: string })[] {
  const attempts = Map.groupBy(all, (it) =>
    it.line.interaction === 'deliver' && it.line.outcome !== 'success' && it.line.requestId
      ? `${it.line.requestId} ${it.line.recipient}`
      : it.line.seq,
  );
  return [...attempts.values()].map((some) => {
    const [first] = some as [Found];
    if (some.length === 1) return first;
    const until = some
      .map(({ line }) => line.at)
      .sort()
      .at(-1)!;
    return { ...first, line: { ...first.line, count: some.length }, until };
  });
}

function linesOf(
  all: readonly (Found & { readonly until?: string })[],
  own: ReadonlySet<string>,
): readonly ReportLine[] {
  const senders = new Set<string>();
  /** The ground of the last disclosure to a party. */
  const grounds = new Map<string, string>();
  /** The reason of each emergency access, by its id. */
  const reasons = new Map<string, string>();
  return all.map(({ line, event, until }) => {
    const { interaction, outcome, action, references, count = 1 } = line;
    const who = partyOf(event, true);
    const recipient = partyOf(event, false);
    const stated = detailOf(event, legalBasisDetail);
    if (stated && recipient) grounds.set(recipient.id, stated);
    if (action === 'C' && outcome === 'success' && who) senders.add(who.id);
    const legalBasis = stated ?? grounds.get((recipient ?? who)?.id ?? '');
    const purpose = detailOf(event, 'purpose');
    const emergency = detailOf(event, emergencyDetail);
    const reason = detailOf(event, reasonDetail);
    if (emergency && reason) reasons.set(emergency, reason);
    return {
      at: line.at,
      interaction,
      outcome,
      ...(who ? { who } : {}),
      ...(recipient ? { recipient } : {}),
      types: [...new Set(references.flatMap((it) => (own.has(it) ? [it.split('/')[0]!] : [])))].sort(),
      ...(legalBasis ? { legalBasis } : {}),
      isSender: who !== undefined && senders.has(who.id),
      ...(purpose ? { purpose } : {}),
      ...(emergency ? { emergency: reasons.get(emergency) ?? '-' } : {}),
      count,
      ...(until ? { until } : {}),
    };
  });
}

function partyOf({ agent = [] }: AuditEvent, isRequestor: boolean): ReportParty | undefined {
  const who = agent.find(({ requestor }) => requestor === isRequestor)?.who;
  const id = who?.identifier?.value;
  return id === undefined ? undefined : { id, name: who?.display ?? id };
}

const detailOf = ({ entity = [] }: AuditEvent, type: string): string | undefined =>
  entity.flatMap(({ detail = [] }) => detail).find((it) => it.type === type)?.valueString;
