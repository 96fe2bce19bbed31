/** What the picture of a message shows: ids, codes and times. */
export type PictureStory = {
  readonly id: string;
  readonly sender: string;
  readonly receivedAt: Date;
  readonly traceId: string;
  readonly configuration: string;
  /** HTTP status of the answer; absent when it was refused. */
  readonly status?: number;
  readonly codes: readonly string[];
  readonly steps: readonly string[];
  readonly deliveries: readonly PictureDelivery[];
  readonly isCut: boolean;
};

export type PictureDelivery = {
  readonly id: string;
  readonly receiver: string;
  readonly kind: string;
  readonly state: string;
  readonly createdAt: Date;
  readonly because?: string;
  readonly attempts: readonly PictureAttempt[];
  readonly receipts: readonly {
    readonly purpose: string;
    readonly legalBasis?: string;
    readonly disclosed: Readonly<Record<string, number>>;
    readonly withheld: readonly { readonly resourceType: string; readonly count: number; readonly reason: string }[];
  }[];
};

export type PictureAttempt = {
  readonly at: Date;
  readonly outcome: string;
  readonly status?: number;
  readonly milliseconds: number;
  readonly because?: string;
};

export type PictureTurn = {
  readonly task: string;
  readonly useCase?: string;
  readonly status: string;
  readonly owner: string;
  readonly phone?: string;
  readonly since: Date;
  readonly next?: { readonly rule: string; readonly does: string; readonly due: Date };
};

/** `at`: absent for what has not happened yet. */
export type Arrow = { readonly at?: Date } & (
  | { readonly kind: 'received' }
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'delivery';
      readonly delivery: PictureDelivery;
      /** Counted from one; 0 without an attempt. */
      readonly attempt: number;
      readonly outcome: string;
      readonly status?: number;
    }
);

/** Everything that went, and what still waits, in time. */
export function arrowsOf({ receivedAt, deliveries }: PictureStory): readonly Arrow[] {
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
export function columnsOf({ sender, deliveries }: PictureStory): readonly (readonly string[])[] {
  const receivers = [...new Set(deliveries.map(({ receiver }) => receiver))].filter((it) => it !== sender);
  if (receivers.length <= mostReceivers) return receivers.map((it) => [it]);
  const own = receivers.slice(0, mostReceivers - 1);
  return [...own.map((it) => [it]), receivers.slice(mostReceivers - 1)];
}
