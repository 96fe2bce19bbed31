import type { Dispatch } from '../../port.ts';
import { bulkRead, bulkSend } from '../bulk.ts';
import { type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';

/**
 * The journeys of the outbox. Undelivered dispatches to one recipient with a trace or a resource in common have one
 * `journey`, in which their order is never broken. `dispatch_subject` has their names while they are undelivered; a
 * delivered dispatch binds nothing any more. `hold` names what a journey waits for: a dispatch that is suspect (it
 * failed, and may itself be the cause), set aside or dead.
 */

/** No dispatch of its journey that is suspect, set aside or dead precedes `d`. */
export const isNotBehind = `not exists (
  select 1 from hold h where h.recipient = d.recipient and h.journey = d.journey and h.dispatch < d.key)`;

/** Set aside, and its pause is not over at time ?1. */
export const isAsideStill = `exists (
  select 1 from hold h where h.recipient = d.recipient and h.journey = d.journey and h.dispatch = d.key
    and h.kind = 'aside' and h.not_before > ?1)`;

/** Notifications have no content to be read in order with, and an address of their own: they hold up no delivery. */
export const subjectsOf = ({ traceId, about = [], subscription }: Dispatch): readonly string[] =>
  (subscription === undefined ? [...new Set([traceId, ...about])] : [`Subscription/${subscription} ${traceId}`]).map(
    storable,
  );

/**
 * The journeys of new dispatches, which follow each other in this order. One that connects two journeys makes them one:
 * also of those that are stored.
 */
export async function journeysOf(
  sql: Sql,
  dispatches: readonly Dispatch[],
  known: StoredJourneys = noJourneys,
): Promise<readonly string[]> {
  const stored = [...known.found, ...(await storedJourneys(sql, dispatches, known.names)).found];
  const bySubject = new Map(stored.map(({ recipient, name, journey }) => [nameIn(recipient, name), journey]));
  // a journey that is part of another one now; the ids of journeys are unique for a recipient only
  const joined = new Map<string, string>();
  const currentOf = (recipient: string, journey: string): string => {
    const next = joined.get(nameIn(recipient, journey));
    return next === undefined ? journey : currentOf(recipient, next);
  };
  const journeys = dispatches.map((it) => {
    const subjects = subjectsOf(it).map((name) => nameIn(it.recipient, name));
    const found = new Set(
      subjects.flatMap((subject) => {
        const journey = bySubject.get(subject);
        return journey === undefined ? [] : currentOf(it.recipient, journey);
      }),
    );
    const [first = it.id, ...others] = found;
    for (const other of others) joined.set(nameIn(it.recipient, other), first);
    for (const subject of subjects) bySubject.set(subject, first);
    return first;
  });
  const moved = new Map(
    stored.flatMap(({ recipient, journey }) => {
      const to = currentOf(recipient, journey);
      return to === journey ? [] : [[nameIn(recipient, journey), [recipient, journey, to] as const]];
    }),
  );
  joinStored(sql, [...moved.values()]);
  return dispatches.map(({ recipient }, index) => currentOf(recipient, journeys[index]!));
}

const nameIn = (recipient: string, name: string): string => `${recipient}\u001f${name}`;

/** Journeys as they are stored, by the names that were looked for: as `nameIn`. */
export type StoredJourneys = { readonly names: ReadonlySet<string>; readonly found: readonly StoredJourney[] };

const noJourneys: StoredJourneys = { names: new Set(), found: [] };

type StoredJourney = { readonly recipient: string; readonly name: string; readonly journey: string };

/** Those with a subject in common are of one journey, so that any of them names it. */
export async function storedJourneys(
  sql: Sql,
  dispatches: readonly Dispatch[],
  without: ReadonlySet<string> = new Set(),
): Promise<StoredJourneys> {
  const wanted = new Map(
    dispatches
      .flatMap((it) =>
        subjectsOf(it).map((name) => [nameIn(it.recipient, name), [it.recipient, name] as const] as const),
      )
      .filter(([name]) => !without.has(name)),
  );
  const rows = await bulkRead(
    sql,
    (rows) =>
      `select w.recipient, w.name, (select d.journey from dispatch d where d.key = (
         select max(s.dispatch) from dispatch_subject s where s.recipient = w.recipient and s.name = w.name)) as journey
       from ${rows} w`,
    { recipient: 'text', name: 'text' },
    [...wanted.values()],
  );
  const found = rows.flatMap((row) =>
    row.journey === null ? [] : { recipient: text(row.recipient), name: text(row.name), journey: text(row.journey) },
  );
  return { names: new Set(wanted.keys()), found };
}

function joinStored(sql: Sql, moved: readonly (readonly [string, string, string])[]): void {
  const columns = { recipient: 'text', source: 'text', target: 'text' } as const;
  bulkSend(
    sql,
    (rows) =>
      `update dispatch set journey = w.target from ${rows} w
       where dispatch.recipient = w.recipient and dispatch.journey = w.source and dispatch.state = 'waiting'`,
    columns,
    moved,
  );
  bulkSend(
    sql,
    (rows) =>
      `update dispatch set journey = w.target
       from ${rows} w join hold h on h.recipient = w.recipient and h.journey = w.source where dispatch.key = h.dispatch`,
    columns,
    moved,
  );
  bulkSend(
    sql,
    (rows) =>
      `update hold set journey = w.target from ${rows} w
       where hold.recipient = w.recipient and hold.journey = w.source`,
    columns,
    moved,
  );
}

export async function holdJourney(
  sql: Sql,
  key: number,
  hold: { readonly kind: 'suspect' | 'aside' | 'dead'; readonly notBefore?: Date; readonly tried: Date },
): Promise<void> {
  await sql.run(
    `insert into hold (recipient, journey, dispatch, kind, not_before, tried)
       select d.recipient, d.journey, d.key, cast(?1 as text), cast(?2 as bigint), cast(?3 as bigint)
       from dispatch d where d.key = ?4
     on conflict (dispatch) do update set
       kind = excluded.kind, not_before = excluded.not_before, tried = excluded.tried`,
    hold.kind,
    hold.notBefore?.getTime() ?? 0,
    hold.tried.getTime(),
    key,
  );
}

/** The recipients answered other dispatches: what failed before did so by itself. It is tried again at once. */
export function setSuspectsAside(sql: Sql, recipients: readonly string[]): void {
  bulkSend(
    sql,
    (rows) =>
      `update hold set kind = 'aside', not_before = 0
       where kind = 'suspect' and recipient in (select w.recipient from ${rows} w)`,
    { recipient: 'text' },
    recipients.map((it) => [it]),
  );
}

/** Dispatches that are delivered, skipped or withdrawn bind nothing any more. */
export function leaveJourneys(sql: Sql, keys: readonly number[]): void {
  bulkSend(
    sql,
    (rows) => `delete from dispatch_subject where dispatch in (select w.key from ${rows} w)`,
    { key: 'integer' },
    keys.map((key) => [key]),
  );
}

export function freeJourneys(sql: Sql, keys: readonly number[]): void {
  bulkSend(
    sql,
    (rows) => `delete from hold where dispatch in (select w.key from ${rows} w)`,
    { key: 'integer' },
    keys.map((key) => [key]),
  );
}

/** The age of what waited behind a dispatch counts from now: it could not be sent before. */
export async function renewFollowers(sql: Sql, key: number, now: Date): Promise<void> {
  await sql.run(
    `update dispatch set queued_at = ?1 from (select recipient, journey from dispatch where key = ?2) b
     where dispatch.state = 'waiting' and dispatch.key > ?2
       and dispatch.recipient = b.recipient and dispatch.journey = b.journey`,
    now.getTime(),
    key,
  );
}
