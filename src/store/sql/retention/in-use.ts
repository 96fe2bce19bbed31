import type { Resource } from '../../../fhir/resource.ts';
import type { Kept } from '../../port.ts';
import { bulkRead } from '../bulk.ts';
import { dispatchKey, numbersOf } from '../keys.ts';
import { number, type Sql } from '../sql.ts';
import { type JournalEntry, type Journey, resourceOf } from './journey.ts';

/**
 * Statuses in which somebody still acts on a resource. A Task in a status that is not listed has ended
 * (https://hl7.org/fhir/R4/valueset-task-status.html).
 */
const open: Readonly<Record<string, ReadonlySet<string>>> = {
  Task: new Set(['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold']),
  ServiceRequest: new Set(['draft', 'active', 'on-hold']),
  EpisodeOfCare: new Set(['planned', 'waitlist', 'active', 'onhold']),
  Appointment: new Set(['proposed', 'pending', 'booked', 'arrived', 'checked-in', 'waitlist']),
};

/** Why a journey stays; undefined when it may be removed. */
export async function keptBecause(sql: Sql, journey: Journey, before: Date): Promise<Kept | undefined> {
  const entries = [...journey.entries.values()];
  if (entries.some(({ at }) => at >= before.getTime())) return 'changed';
  if ((await dispatchesOf(sql, entries)).some(({ isOpen }) => isOpen)) return 'undelivered';
  const resources = [...journey.members.values()].map((it) => resourceOf(journey, it));
  return resources.some((it) => isOpen(it, before)) ? 'open' : undefined;
}

/** `Type/id` of those on which somebody still acts. */
export const openAmong = (resources: readonly Resource[], now: Date): readonly string[] =>
  resources.flatMap((it) => (it.resourceType !== 'Consent' && isOpen(it, now) ? `${it.resourceType}/${it.id}` : []));

function isOpen(resource: Resource, before: Date): boolean {
  if (resource.resourceType === 'Consent') return isInForce(resource, before);
  const { status, start, end = start } = resource as Resource & { status?: string; start?: string; end?: string };
  if (!open[resource.resourceType]?.has(String(status))) return false;
  // one that took place, and was never ended by its parties
  return !(resource.resourceType === 'Appointment' && end !== undefined && Date.parse(end) < before.getTime());
}

/**
 * A Consent (*toestemming*) until the end of its period: what it permits may still be disclosed. Without an end it goes with
 * its journey, which would otherwise stay for ever.
 */
function isInForce(resource: Resource, before: Date): boolean {
  const { status, provision } = resource as Resource & {
    readonly status?: string;
    readonly provision?: { readonly period?: { readonly end?: string } };
  };
  const end = provision?.period?.end;
  return (status === 'active' || status === 'proposed') && end !== undefined && Date.parse(end) >= before.getTime();
}

export type EntryDispatch = { readonly key: number; readonly isOpen: boolean };

/** The dispatches of entries: their keys follow that of the entry. */
export async function dispatchesOf(sql: Sql, entries: readonly JournalEntry[]): Promise<readonly EntryDispatch[]> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select d.key, d.state from ${wanted} w
       join dispatch d on d.key >= w.low and d.key < w.high and d.entry = w.seq`,
    { seq: 'integer', low: 'integer', high: 'integer' },
    entries.map(({ seq, parts }) => [seq, dispatchKey(seq, 0), dispatchKey(seq + numbersOf(parts.length), 0)]),
  );
  return rows.map((row) => ({ key: number(row.key), isOpen: row.state === 'waiting' || row.state === 'dead' }));
}
