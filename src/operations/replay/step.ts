import type { MayStillSend } from '../../delivery/settings.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { DispatchStatus, ReplayedItem, StoredReplay } from '../../store/port.ts';
import { operatorEvent } from '../acting.ts';
import { contentOf, type ReplayContent } from './content.ts';
import { isSentMeanwhile, rootOf } from './copies.ts';
import { barredBecause } from './judge.ts';
import { pageOf } from './manage.ts';
import { rebuild } from './rebuild.ts';
import { acceptRefused, tryRefused } from './refused-again.ts';

export type Replaying = { readonly gateway: Gateway; readonly mayStillSend: MayStillSend };

/** Dispatches of one step: one transaction of the store. */
const itemsOfStep = 50;

/**
 * Takes the next step of a replay: the next dispatches are judged on the grounds of now, and what may be sent is in the outbox
 * in the same transaction that records it. A step that is cut off is taken again by the next one, and sends nothing twice.
 * Returns whether there is more to do; false also when somebody else changed the replay.
 */
export async function takeStep({ gateway, mayStillSend }: Replaying, stored: StoredReplay): Promise<boolean> {
  const { store, world } = gateway;
  const content = contentOf(stored);
  const { filter, cursor } = content;
  const found = await pageOf(
    store,
    content.of,
    { filter, createdAt: stored.createdAt, now: world.now() },
    { count: content.of === 'refused' ? 5 : itemsOfStep, ...(cursor ? { cursor } : {}) },
  );
  const items: ReplayedItem[] = [];
  const sent = new Set<string>();
  if (content.of === 'refused')
    for (const id of found.sources)
      items.push({ source: id, outcome: await (content.dryRun ? tryRefused : acceptRefused)(gateway, id) });
  else
    for (const dispatch of found.dispatches) {
      const root = rootOf(dispatch);
      const item = sent.has(root)
        ? { source: dispatch.id, outcome: 'replay-overlap' }
        : await itemOf({ gateway, mayStillSend }, stored, content, dispatch);
      if (item.outcome === 'sent') sent.add(root);
      items.push(item);
    }
  const { next } = found;
  const { cursor: _, ...rest } = content;
  const taken = await store.stepReplay(stored.name, {
    expect: stored.revision,
    state: next ? 'running' : 'done',
    content: JSON.stringify({ ...rest, ...(next ? { cursor: next } : {}) }),
    items,
    now: world.now(),
    audit: items.length ? [eventOf(gateway, stored.name, content, items)] : [],
  });
  return taken && next !== undefined;
}

async function itemOf(
  it: Replaying,
  { name, createdAt }: StoredReplay,
  { as, dryRun }: ReplayContent,
  dispatch: DispatchStatus,
): Promise<ReplayedItem> {
  const { gateway, mayStillSend } = it;
  const { store, world } = gateway;
  const source = dispatch.id;
  const barred = await barredBecause({ store, network: gateway.network, mayStillSend }, dispatch);
  if (!barred && (await isSentMeanwhile(store, { name, createdAt }, dispatch)))
    return { source, outcome: 'replay-overlap' };
  if (barred) return { source, outcome: barred };
  if (as === 'ran')
    return dryRun
      ? { source, outcome: 'would-send' }
      : { source, outcome: 'sent', copy: { id: world.newId(), requestId: world.newId() } };
  const built = await rebuild(gateway, dispatch);
  if ('not' in built) return { source, outcome: built.not };
  const anew = { ...built, replay: { name, of: rootOf(dispatch) } };
  if (dryRun) return { source, outcome: 'would-send' };
  // committed once under its own name: a step that was cut off after this finds it done
  const committed = await store.commit({ now: world.now(), once: `replay ${name} ${source}`, dispatches: [anew] });
  return committed.kind === 'done'
    ? { source, outcome: 'sent' }
    : committed.kind === 'committed'
      ? { source, outcome: 'sent', dispatch: anew.id }
      : { source, outcome: 'undecided' };
}

/** One event a step: what was sent again, in ids, under which name and by which configuration. */
const eventOf = (gateway: Gateway, name: string, { by, as, dryRun }: ReplayContent, items: readonly ReplayedItem[]) =>
  operatorEvent({ world: gateway.world, by: { id: by, name: by } }, 'replay', {
    codes: [name, ...new Set(items.map(({ outcome }) => outcome))],
    configuration: gateway.configuration,
    details: {
      as,
      ...(dryRun ? { 'dry-run': 'true' } : {}),
      sources: items.map(({ source }) => source).join(' '),
    },
  });
