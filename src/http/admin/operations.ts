import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import {
  cancelReplay,
  continueReplay,
  countReplay,
  type FailureWish,
  failures,
  findMessages,
  holdPartner,
  listReplays,
  noteFailure,
  partnerLines,
  type ReplayWish,
  releasePartner,
  replayItems,
  showReplay,
  startReplay,
} from '../../operations/index.ts';
import { readCursor } from '../../store/cursor.ts';
import { forReader, type ReadOutcome } from '../reader.ts';
import { acting, invalidRequest, type JsonBody } from './acting.ts';
import { countIn, filterIn, messageQueryIn } from './queries.ts';

type Handler = (gateway: Gateway, context: Context) => Promise<Response>;

const idIn = (context: Context): string => context.req.param('id') ?? '';

const shown = (context: Context, body: object): ReadOutcome => ({
  kind: 'shown',
  response: context.json(body),
  references: [],
});

/** GET /admin/messages: messages and what became of them, latest first; ids, codes and times. */
export const listMessages: Handler = (gateway, context) =>
  forReader(gateway, context, 'messages', async () => {
    const query = messageQueryIn(context.req.query());
    if (!query.ok) return { kind: 'refused', issues: query.issues };
    const found = await findMessages(gateway.store, query.value, gateway.world.now());
    if (!found.ok) return { kind: 'refused', issues: found.issues };
    const { items, next } = found.value;
    return shown(context, { messages: items, ...(next ? { next } : {}) });
  });

/** GET /admin/partners: who waits, who fails, who is held. */
export const listPartners: Handler = (gateway, context) =>
  forReader(gateway, context, 'partners', async () =>
    shown(context, { partners: await partnerLines(gateway.store, gateway.network) }),
  );

/** POST /admin/partners/[id]/$hold: `{"reason": "..."}`. */
export const holdByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'hold-partner', async (it, { reason }) => {
    if (!gateway.network.partners.has(idIn(context))) return failure(issue('operations-partner-unknown', {}));
    const held = await holdPartner(it, idIn(context), reason);
    return held.ok ? success({ held: idIn(context) }) : held;
  });

/** POST /admin/partners/[id]/$release. */
export const releaseByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'hold-partner', async (it) => {
    const partner = idIn(context);
    // one that was removed from the network while it was held is released too
    const isKnown =
      gateway.network.partners.has(partner) || (await it.store.heldPartners()).some((held) => held.partner === partner);
    if (!isKnown) return failure(issue('operations-partner-unknown', {}));
    const released = await releasePartner(it, partner);
    return released.ok ? success({ released: partner }) : released;
  });

/** GET /admin/failures: undelivered by cause; `partner`. */
export const listFailures: Handler = (gateway, context) =>
  forReader(gateway, context, 'failures', async () =>
    shown(context, { failures: await failures(gateway.store, context.req.query('partner') || undefined) }),
  );

/** POST /admin/failures/$note: `{"cause", "act": "acknowledge" | "own" | "close", "owner"?, "reason"?}`. */
export const noteByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'note-failure', async (it, { cause, act, owner, reason }) => {
    if (typeof cause !== 'string') return failure(invalidRequest('cause'));
    if (act === 'own' && (typeof owner !== 'string' || owner.trim() === '')) return failure(invalidRequest('owner'));
    const wish =
      act === 'own'
        ? { act, owner: String(owner) }
        : act === 'close'
          ? { act, reason }
          : act === 'acknowledge'
            ? { act }
            : undefined;
    if (!wish) return failure(invalidRequest('act: acknowledge, own, close'));
    const noted = await noteFailure(it, cause, wish as FailureWish);
    return noted.ok ? success({ noted: cause }) : noted;
  });

/** GET /admin/replays, latest first. */
export const listReplaysByHttp: Handler = (gateway, context) =>
  forReader(gateway, context, 'replays', async () => shown(context, { replays: await listReplays(gateway.store) }));

/** GET /admin/replays/[name]: how far it is. */
export const readReplay: Handler = (gateway, context) =>
  forReader(gateway, context, 'replays', async () => {
    const found = await showReplay(gateway.store, idIn(context));
    return found ? shown(context, found) : { kind: 'refused', issues: [issue('replay-unknown', {})] };
  });

/** GET /admin/replays/[name]/items: what was done with each; `count`, `cursor`. */
export const readReplayItems: Handler = (gateway, context) =>
  forReader(gateway, context, 'replays', async () => {
    const { cursor, ...query } = context.req.query();
    const count = countIn(query);
    if (!count.ok) return { kind: 'refused', issues: count.issues };
    if (cursor !== undefined && !readCursor(cursor, 1)) return { kind: 'refused', issues: [invalidRequest('cursor')] };
    if (!(await showReplay(gateway.store, idIn(context))))
      return { kind: 'refused', issues: [issue('replay-unknown', {})] };
    const page = { count: count.value, ...(cursor === undefined ? {} : { cursor }) };
    return shown(context, await replayItems(gateway.store, idIn(context), page));
  });

/** POST /admin/replays/$count: how many a filter names now; nothing is sent. */
export const countByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'replay', async ({ store, world }, body) => {
    const wish = wishIn({ name: 'count', ...body });
    if (!wish.ok) return wish;
    const count = await countReplay(store, wish.value, world.now());
    return count.ok ? success({ count: count.value }) : count;
  });

/** POST /admin/replays: starts one. */
export const startByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'replay', async (it, body) => {
    const wish = wishIn(body);
    return wish.ok ? startReplay(it, wish.value) : wish;
  });

/** POST /admin/replays/[name]/$cancel. */
export const cancelByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'replay', (it) => cancelReplay(it, idIn(context)));

/** POST /admin/replays/[name]/$continue. */
export const continueByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'replay', (it) => continueReplay(it, idIn(context)));

function wishIn(body: JsonBody): Result<ReplayWish> {
  const { name, of = 'deliveries', as = 'ran', 'dry-run': dryRun = false, reason, filter, ...others } = body;
  if (Object.keys(others).length) return failure(invalidRequest('name, of, as, dry-run, reason, filter'));
  if (typeof name !== 'string') return failure(issue('replay-name-invalid', {}));
  if (of !== 'deliveries' && of !== 'refused') return failure(invalidRequest('of: deliveries, refused'));
  if (as !== 'ran' && as !== 'now') return failure(invalidRequest('as: ran, now'));
  if (typeof dryRun !== 'boolean') return failure(invalidRequest('dry-run: true, false'));
  const wanted = filterIn(filter);
  return wanted.ok ? success({ name, of, as, dryRun, reason, filter: wanted.value }) : wanted;
}
