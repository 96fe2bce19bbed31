import type { DeliveryStory, MessageStory } from '../../operations/index.ts';

/** `at`: absent for what has not happened yet. */
export type Arrow = { readonly at?: Date } & (
  | { readonly kind: 'received' }
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'delivery';
      readonly delivery: DeliveryStory;
      /** Counted from one; 0 without an attempt. */
      readonly attempt: number;
      readonly outcome: string;
      readonly status?: number;
    }
);

/** Everything that went, and what still waits, in time. */
export function arrowsOf({ receivedAt, deliveries }: MessageStory): readonly Arrow[] {
  const sent = deliveries.flatMap((delivery): Arrow[] => [
    ...delivery.attempts.map(({ at, outcome, status }, index) => ({
      kind: 'delivery' as const,
      delivery,
      at,
      attempt: index + 1,
      outcome,
      ...(status === undefined ? {} : { status }),
    })),
    // what ended without an attempt, and what waits for one
    ...(delivery.state === 'waiting' || delivery.state === 'set-aside' || delivery.attempts.length === 0
      ? [{ kind: 'delivery' as const, delivery, attempt: 0, outcome: delivery.state }]
      : []),
  ]);
  const time = ({ at }: Arrow): number => at?.getTime() ?? Number.POSITIVE_INFINITY;
  return [
    { kind: 'received', at: receivedAt },
    { kind: 'answer', at: receivedAt },
    ...sent.toSorted((one, other) => (time(one) === time(other) ? 0 : time(one) - time(other))),
  ];
}

/** Columns beside those of the sender and the gateway; receivers beyond them share the last. */
const mostReceivers = 4;

/** The receivers of each column, by their first delivery. */
export function columnsOf({ sender, deliveries }: MessageStory): readonly (readonly string[])[] {
  const receivers = [...new Set(deliveries.map(({ receiver }) => receiver))].filter((it) => it !== sender);
  if (receivers.length <= mostReceivers) return receivers.map((it) => [it]);
  const own = receivers.slice(0, mostReceivers - 1);
  return [...own.map((it) => [it]), receivers.slice(mostReceivers - 1)];
}
