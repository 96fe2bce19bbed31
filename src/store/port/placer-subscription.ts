/** A Subscription at a placer, as the gateway knows it from its notifications. */
export type PlacerSubscription = {
  readonly partner: string;
  /** `Subscription/<id>` at the placer. */
  readonly subscription: string;
  /** Payload mode of its events; absent before the first. It never changes (TA Notifications). */
  readonly content?: 'empty' | 'id-only' | 'full-resource';
  /** Number of the latest event that was notified. */
  readonly events: number;
};

export type PlacerSubscriptions = {
  placerSubscription(partner: string, subscription: string): Promise<PlacerSubscription | undefined>;
};
