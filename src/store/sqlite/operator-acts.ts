import type { AuditEvent, Commit, DispatchStatus, Store } from '../port.ts';
import { appendAudit } from './audit.ts';
import { type Database, number, text } from './database.ts';
import { freeJourney, leaveJourney, renewFollowers } from './journeys.ts';
import { statusColumns, statuses, statusOf } from './outbox-lists.ts';

/** Acts on the outbox from outside a delivery: by an operator, or because a right to read ended. */

type Found = { readonly key: number; readonly recipient: string; readonly state: 'dead' | 'waiting' };

/** A dead letter, or a dispatch that is set aside. */
function heldBack(database: Database, id: string): Found | undefined {
  const row = database.get(
    `select d.key, d.recipient, d.state from dispatch d join hold h on h.dispatch = d.key
     where d.id = ? and h.kind <> 'suspect'`,
    id,
  );
  return row && { key: number(row.key), recipient: text(row.recipient), state: text(row.state) as Found['state'] };
}

export function requeue(database: Database, id: string, now: Date, audit: readonly AuditEvent[] = []): boolean {
  const found = heldBack(database, id);
  if (!found) return false;
  const { key, recipient, state } = found;
  if (state === 'dead') {
    database.run(
      "update dispatch set state = 'waiting', queued_at = ?, failures = 0, ended_at = null where key = ?",
      now.getTime(),
      key,
    );
    freeJourney(database, key);
    renewFollowers(database, key, now);
    database.run('update recipient set waiting = waiting + 1 where id = ?', recipient);
  } else database.run('update hold set not_before = 0 where dispatch = ?', key);
  appendAudit(database, audit);
  return true;
}

export function skip(
  database: Database,
  id: string,
  { now, because, audit = [] }: Parameters<Store['skip']>[1],
): boolean {
  const found = heldBack(database, id);
  if (!found) return false;
  end(database, found, { state: 'skipped', because, now });
  renewFollowers(database, found.key, now);
  appendAudit(database, audit);
  return true;
}

/**
 * Withdraws what the commit names, and what waits for the readers of a Task or an order that it revokes. Notifications
 * have no content and are judged when they are sent; what is read from or written at a placer discloses nothing new.
 */
export function withdrawAll(database: Database, { now, withdrawals = [], revocations = [] }: Commit): DispatchStatus[] {
  const ended = revocations
    .filter(({ type }) => type === 'Task' || type === 'ServiceRequest')
    .flatMap(({ type, id, readers }) => readers.map((recipient) => ({ recipient, about: [`${type}/${id}`] })));
  return [...withdrawals, ...ended].flatMap(({ recipient, about }) => {
    const found = database.all(
      `select ${statusColumns} from ${statuses} where channel = 'fhir-rest' and subscription is null
         and state in ('waiting', 'dead') and key in (
           select dispatch from dispatch_subject where recipient = ? and name in (select value from json_each(?)))`,
      recipient,
      JSON.stringify(about),
    );
    for (const row of found) {
      const state = text(row.state) as Found['state'];
      end(database, { key: number(row.key), recipient, state }, { state: 'withdrawn', because: rightEnded, now });
    }
    return found.map(statusOf);
  });
}

const rightEnded = 'delivery-forbidden: right-to-read-ended';

function end(
  database: Database,
  { key, recipient, state: was }: Found,
  { state, because, now }: { readonly state: 'skipped' | 'withdrawn'; readonly because: string; readonly now: Date },
): void {
  database.run(
    'update dispatch set state = ?, ended_at = ?, because = ? where key = ?',
    state,
    now.getTime(),
    because,
    key,
  );
  leaveJourney(database, key);
  if (was === 'waiting') database.run('update recipient set waiting = waiting - 1 where id = ?', recipient);
}
