import type { Attempt, AttemptEnding, DispatchState } from '../../port.ts';
import { bulkRead, bulkSend } from '../bulk.ts';
import { factsOf } from '../journal/facts.ts';
import { number, type Sql, text } from '../sql.ts';
import type { Writing } from '../writing.ts';
import type { Held } from './claims.ts';
import type { Ended } from './ending.ts';

/** A dispatch whose attempt is to be recorded, as it was before. */
export type Attempted = {
  readonly key: number;
  readonly was: DispatchState;
  readonly own: boolean;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly isHeld: boolean;
  /** Those of the recipient. */
  readonly failures: number;
};

/** By their place in a list. */
export type AttemptedByPlace = ReadonlyMap<number, Attempted>;

/** The dispatches of these claims, by their place in the list; without those whose claim was lost. */
export async function attempted(
  sql: Sql,
  items: readonly { readonly claim: Held; readonly delivery: Pick<Ended, 'id'> }[],
): Promise<AttemptedByPlace> {
  const rows = await bulkRead(
    sql,
    (rows) =>
      `select w.place, d.key, d.state, d.own, d.attempts, h.kind, r.failures from ${rows} w
       join recipient r on r.id = w.recipient and r.worker = w.worker and r.fence = w.fence
       join dispatch d on d.id = w.id
       left join hold h on h.dispatch = d.key`,
    { place: 'integer', id: 'text', recipient: 'text', worker: 'text', fence: 'integer' },
    items.map(({ claim, delivery }, place) => [place, delivery.id, claim.recipient, claim.worker, claim.fence]),
  );
  return new Map(
    rows.map((row) => [
      number(row.place),
      {
        key: number(row.key),
        was: text(row.state) as DispatchState,
        own: number(row.own) === 1,
        attempts: number(row.attempts),
        isHeld: row.kind !== null,
        failures: number(row.failures),
      },
    ]),
  );
}

type Recorded = {
  readonly before: Attempted;
  readonly delivery: Ended;
  readonly outcome: Attempt['outcome'];
  readonly ending: AttemptEnding & { readonly because?: string };
};

/** Records the attempts with their audit events. */
export function recordAttempts(w: Writing, items: readonly Recorded[]): void {
  bulkSend(
    w.sql,
    (rows) =>
      `insert into attempt (dispatch, number, at, entry, outcome, status, milliseconds, because, configuration)
       select dispatch, number, at, entry, outcome, status, milliseconds, because, configuration from ${rows} w`,
    {
      dispatch: 'integer',
      number: 'integer',
      at: 'integer',
      entry: 'integer',
      outcome: 'text',
      status: 'integer',
      milliseconds: 'integer',
      because: 'text',
      configuration: 'text',
    },
    items.map(({ before, delivery, outcome, ending }) => [
      before.key,
      before.attempts + 1,
      ending.at.getTime(),
      recordEvents(w, before, delivery, ending) ?? null,
      outcome,
      ending.status ?? null,
      Math.round(ending.milliseconds),
      ending.because ?? null,
      ending.configuration ?? null,
    ]),
  );
}

/** The trace and the correlation of a dispatch that is `own` lead to its attempts by the message of its entry. */
function recordEvents(
  w: Writing,
  { own }: Attempted,
  { traceId, correlationId }: Ended,
  { audit = [], at }: AttemptEnding,
): number | undefined {
  const { texts, names } = factsOf(audit);
  const found = own ? names.filter((name) => name !== traceId && name !== correlationId) : names;
  return w.record({ texts, names: found }, at.getTime());
}
