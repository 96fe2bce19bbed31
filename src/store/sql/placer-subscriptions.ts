import type { PlacerSubscription } from '../port.ts';
import { first, number, optional, type Sql, text } from './sql.ts';
import { storable } from './storable.ts';

export async function placerSubscription(
  sql: Sql,
  partner: string,
  subscription: string,
): Promise<PlacerSubscription | undefined> {
  const row = await first(
    sql.all(
      'select * from placer_subscription where partner = ?1 and subscription = ?2',
      partner,
      storable(subscription),
    ),
  );
  return (
    row && {
      partner,
      subscription,
      ...optional('content', row.content, (it) => text(it) as NonNullable<PlacerSubscription['content']>),
      events: number(row.events),
    }
  );
}

/** Notifications may overtake each other: the number of events never goes down, and the first payload mode stays. */
export async function writePlacerSubscription(sql: Sql, it: PlacerSubscription): Promise<void> {
  await sql.run(
    `insert into placer_subscription (partner, subscription, content, events) values (?1, ?2, ?3, ?4)
     on conflict (partner, subscription) do update set
       content = coalesce(placer_subscription.content, excluded.content),
       events = case when excluded.events > placer_subscription.events then excluded.events
         else placer_subscription.events end`,
    it.partner,
    storable(it.subscription),
    it.content ?? null,
    it.events,
  );
}
