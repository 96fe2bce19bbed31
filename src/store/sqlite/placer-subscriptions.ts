import type { PlacerSubscription } from '../port.ts';
import { type Database, text } from './database.ts';

export const placerSubscriptionsSchema = `
  create table placer_subscription (
    partner text not null,
    subscription text not null,
    content text,
    events integer not null,
    primary key (partner, subscription)
  ) without rowid;
`;

export function placerSubscription(
  database: Database,
  partner: string,
  subscription: string,
): PlacerSubscription | undefined {
  const row = database.get(
    'select * from placer_subscription where partner = ? and subscription = ?',
    partner,
    subscription,
  );
  if (!row) return undefined;
  const content =
    row.content === null ? {} : { content: text(row.content) as NonNullable<PlacerSubscription['content']> };
  return { partner, subscription, ...content, events: Number(row.events) };
}

/** Notifications may overtake each other: the number of events never goes down, and the first payload mode stays. */
export function writePlacerSubscription(database: Database, it: PlacerSubscription): void {
  database.run(
    `insert into placer_subscription (partner, subscription, content, events) values (?, ?, ?, ?)
     on conflict (partner, subscription) do update set
       content = coalesce(content, excluded.content), events = max(events, excluded.events)`,
    it.partner,
    it.subscription,
    it.content ?? null,
    it.events,
  );
}
