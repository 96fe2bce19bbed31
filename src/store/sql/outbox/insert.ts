import { bulkSend } from '../bulk.ts';
import type { NewDispatch } from '../commit/rows.ts';
import type { Writing } from '../writing.ts';
import { journeysOf, type StoredJourneys, subjectsOf } from './journeys.ts';
import { headText } from './row.ts';

/** What a dispatch begins with. */
export const newDispatchColumns = {
  key: 'integer',
  id: 'text',
  recipient: 'text',
  entry: 'integer',
  part: 'integer',
  size: 'integer',
  head: 'text',
  message_id: 'text',
  trace_id: 'text',
  own: 'integer',
  task: 'text',
  subscription: 'text',
  created_at: 'integer',
  queued_at: 'integer',
  journey: 'text',
} as const;

/**
 * Puts dispatches in the outbox, in the order of their keys: four statements for all, and three more when journeys that
 * are stored become one. Their bodies are in the journal already. `known`: journeys that were read before.
 */
export async function insertDispatches(
  { sql }: Writing,
  items: readonly NewDispatch[],
  known?: StoredJourneys,
): Promise<void> {
  if (items.length === 0) return;
  const journeys = await journeysOf(
    sql,
    items.map(({ dispatch }) => dispatch),
    known,
  );
  const names = Object.keys(newDispatchColumns).join(', ');
  const waiting = new Map<string, number>();
  for (const { dispatch } of items) waiting.set(dispatch.recipient, (waiting.get(dispatch.recipient) ?? 0) + 1);
  bulkSend(
    sql,
    (rows) => `insert into dispatch (${names}) select ${names} from ${rows} w`,
    newDispatchColumns,
    items.map(({ dispatch: it, now, key, entry, part, own, size }, index) => [
      key,
      it.id,
      it.recipient,
      entry,
      part,
      size ?? it.body.length,
      headText(it),
      it.messageId ?? null,
      it.traceId,
      own ? 1 : 0,
      it.about?.find((name) => name.startsWith('Task/')) ?? null,
      it.subscription ?? null,
      now.getTime(),
      now.getTime(),
      journeys[index]!,
    ]),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into dispatch_subject (recipient, name, dispatch) select recipient, name, dispatch from ${rows} w`,
    { recipient: 'text', name: 'text', dispatch: 'integer' },
    items.flatMap(({ dispatch, key }) => subjectsOf(dispatch).map((name) => [dispatch.recipient, name, key])),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into recipient (id, waiting) select w.id, w.waiting from ${rows} w where true
       on conflict (id) do update set waiting = recipient.waiting + excluded.waiting`,
    { id: 'text', waiting: 'integer' },
    [...waiting],
  );
}
