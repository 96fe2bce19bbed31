import type { Dispatch } from '../../port.ts';
import { number, optional, type Row, text } from '../sql.ts';
import type { Writing } from '../writing.ts';
import { insertDispatches } from './insert.ts';
import { headOf } from './row.ts';

/** The dispatch of a row once more, waiting, with the same body. */
export async function insertCopy(
  w: Writing,
  row: Row,
  {
    id,
    requestId,
    key,
    now,
    replay,
  }: {
    readonly replay: string;
    readonly id: string;
    readonly requestId: string;
    readonly key: number;
    readonly now: Date;
  },
): Promise<void> {
  const head = headOf(row);
  const dispatch: Dispatch = {
    ...head,
    id,
    replay: { name: replay, of: head.replay?.of ?? text(row.id) },
    requestId,
    recipient: text(row.recipient),
    traceId: text(row.trace_id),
    ...optional('messageId', row.message_id, text),
    body: '',
  };
  const [entry, part, size] = [number(row.entry), number(row.part), number(row.size)];
  await insertDispatches(w, [{ dispatch, now, key, entry, part, own: number(row.own) === 1, size }]);
}
