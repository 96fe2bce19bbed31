import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { issue } from '../../fhir/issue.ts';
import {
  ownDelivery,
  ownEndpoint,
  ownFailures,
  ownHealth,
  ownReplay,
  replayOwn,
  sendTest,
} from '../../operations/index.ts';
import { readCursor } from '../../store/cursor.ts';
import { forReader, type ReadOutcome } from '../reader.ts';
import { acting, invalidRequest } from './acting.ts';
import { countIn } from './queries.ts';

type Handler = (gateway: Gateway, context: Context) => Promise<Response>;

const shown = (context: Context, body: object | undefined): ReadOutcome =>
  body
    ? { kind: 'shown', response: context.json(body), references: [] }
    : { kind: 'refused', issues: [issue('not-found', {})] };

const idIn = (context: Context): string => context.req.param('id') ?? '';

/** GET /partner/health: how deliveries to the partner that asks fare. */
export const showOwnHealth: Handler = (gateway, context) =>
  forReader(gateway, context, 'own-deliveries', async ({ id }) => shown(context, await ownHealth(gateway.store, id)));

/** GET /partner/failures: what failed to reach it, with reasons; `count`, `cursor`. */
export const listOwnFailures: Handler = (gateway, context) =>
  forReader(gateway, context, 'own-deliveries', async ({ id }) => {
    const { cursor, ...query } = context.req.query();
    const count = countIn(query);
    if (!count.ok) return { kind: 'refused', issues: count.issues };
    if (cursor !== undefined && !readCursor(cursor, 1)) return { kind: 'refused', issues: [invalidRequest('cursor')] };
    const page = { count: count.value, ...(cursor === undefined ? {} : { cursor }) };
    return shown(context, await ownFailures(gateway.store, id, page));
  });

/** GET /partner/deliveries/[id]: one delivery to it, with its attempts. */
export const showOwnDelivery: Handler = (gateway, context) =>
  forReader(gateway, context, 'own-deliveries', async ({ id }) =>
    shown(context, await ownDelivery(gateway.store, id, idIn(context))),
  );

/** GET /partner/endpoint: its address, logins, keys and certificates. */
export const showOwnEndpoint: Handler = (gateway, context) =>
  forReader(gateway, context, 'own-deliveries', async (partner) =>
    shown(context, ownEndpoint(gateway.network, partner, gateway.world.now())),
  );

/** GET /partner/replays/[name]: how far a replay of its own is. */
export const showOwnReplay: Handler = (gateway, context) =>
  forReader(gateway, context, 'own-deliveries', async ({ id }) =>
    shown(context, await ownReplay(gateway.store, id, idIn(context))),
  );

/** POST /partner/failures/$replay: `{"since": "..."}`. */
export const replayOwnByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'own-replay', async (it, { since }, { id }) => replayOwn(it, id, since));

/** POST /partner/$test: a test message to its own system. */
export const testByHttp: Handler = (gateway, context) =>
  acting(gateway, context, 'own-replay', (it, _, partner) => sendTest(it, gateway.network, partner));
