import type { Delivery, Dispatch, DispatchStatus } from '../../port.ts';
import type { Entry } from '../journal/entry.ts';
import { date, number, optional, type Row, text } from '../sql.ts';

/** What of a dispatch is only shown: column `head`, as JSON. */
const headNames = [
  'channel',
  'kind',
  'address',
  'contentType',
  'requestId',
  'correlationId',
  'about',
  'traceparent',
  'configuration',
  'onConsent',
  'replay',
] as const satisfies readonly (keyof Dispatch)[];

type DispatchHead = Pick<Dispatch, (typeof headNames)[number]>;

export const headText = (it: Dispatch): string =>
  JSON.stringify(Object.fromEntries(headNames.map((name) => [name, it[name]])));

export const headOf = (row: Row): DispatchHead => JSON.parse(text(row.head)) as DispatchHead;

const visibleOf = (row: Row): Omit<Dispatch, 'body'> => ({
  id: text(row.id),
  recipient: text(row.recipient),
  ...headOf(row),
  ...optional('subscription', row.subscription, text),
  ...optional('messageId', row.message_id, text),
  traceId: text(row.trace_id),
});

/** `entry`: that of the dispatch; none when it is damaged. */
export function deliveryOf(row: Row, entry: Entry | undefined): Delivery {
  const body = entry?.parts[number(row.part)];
  return { ...headOfDelivery(row), ...(body ? { body: body.toString() } : { isDamaged: true as const }) };
}

/** A delivery with an empty body. */
export function headOfDelivery(row: Row): Delivery {
  return {
    ...visibleOf(row),
    body: '',
    createdAt: date(row.created_at),
    queuedAt: date(row.queued_at),
    attempts: number(row.failures),
    ...(row.held === null || row.held === 'suspect' ? {} : { aside: true as const }),
    journey: text(row.journey),
  };
}

/** What `statusOf` reads of a dispatch `d`; `retry_at`: the time of the next attempt of one that is set aside. */
export const statusColumns = `d.key, d.id, d.recipient, d.head, d.subscription, d.message_id, d.trace_id, d.created_at,
  d.queued_at, d.state, d.ended_at, d.because, d.location, d.attempts,
  (select case when h.not_before > d.queued_at then h.not_before else d.queued_at end from hold h
   where h.dispatch = d.key and h.kind = 'aside') as retry_at`;

export const statusOf = (row: Row): DispatchStatus => ({
  ...visibleOf(row),
  state: text(row.state) as DispatchStatus['state'],
  createdAt: date(row.created_at),
  queuedAt: date(row.queued_at),
  ...optional('aside', row.retry_at, (at) => ({ retryAt: date(at) })),
  ...optional('endedAt', row.ended_at, date),
  ...optional('because', row.because, text),
  ...optional('location', row.location, text),
  attempts: number(row.attempts),
});
