import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import type { Caller } from '../access/index.ts';
import { type Acting, type RequeueWish, requeueDeadLetters, skipDeadLetter } from '../delivery/operator/act.ts';
import { deadLetter, deadLetters } from '../delivery/operator/dead-letters.ts';
import { refused } from '../exchange/pipeline/answer.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { tracesOf } from '../exchange/reading/audited-request.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readCursor } from '../store/cursor.ts';
import { readBody } from './body.ts';
import { envelopeOf } from './envelope.ts';
import { forReader } from './reader.ts';
import { replyIssues } from './reply.ts';

/** GET /dead-letters: deliveries that were given up or set aside, page by page. Operator only; no content. */
export const listDeadLetters = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(gateway, context, 'dead-letters', async () => {
    const { partner, cursor, count = '50' } = context.req.query();
    const isPlace = cursor === undefined || readCursor(cursor, 1) !== undefined;
    if (!isPlace || !/^[1-9]\d{0,2}$/.test(count))
      return { kind: 'refused', issues: [issue('dead-letter-request-invalid', {})] };
    const { items, next } = await deadLetters(gateway.store, {
      count: Math.min(Number(count), 200),
      ...(partner ? { partner } : {}),
      ...(cursor ? { cursor } : {}),
    });
    return {
      kind: 'shown',
      response: context.json({ deadLetters: items, ...(next ? { next } : {}) }),
      references: items.flatMap(({ task }) => task ?? []),
    };
  });

/** GET /dead-letters/[id]: one delivery with its attempts, in any state. Operator only; no content. */
export const readDeadLetter = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(gateway, context, 'dead-letters', async () => {
    const found = await deadLetter(gateway.store, idIn(context));
    if (!found) return { kind: 'refused', issues: [issue('not-found', {})] };
    return { kind: 'shown', response: context.json(found), references: found.task ? [found.task] : [] };
  });

/** POST /dead-letters/$requeue: `{"ids": [...]}`, `{"partner": "..."}` or `{"all": true}`. Operator only. */
export const requeueByHttp = (gateway: Gateway, context: Context): Promise<Response> =>
  asOperator(gateway, context, 'requeue', async (acting) => {
    const wish = await bodyOf(context, wishIn);
    if (!wish.ok) return { issues: wish.issues };
    const { requeued, issues } = await requeueDeadLetters(acting, wish.value);
    // one that was named alone and not requeued is a refusal; of several, each is listed
    if (requeued.length === 0 && issues.length === 1) return { issues };
    return { done: { requeued, refused: issues.map(({ rule, message }) => ({ code: rule, text: message })) } };
  });

/** POST /dead-letters/[id]/$skip: `{"reason": "..."}`. Operator only. */
export const skipByHttp = (gateway: Gateway, context: Context): Promise<Response> =>
  asOperator(gateway, context, 'skip', async (acting) => {
    const body = await bodyOf(context, (it) => ('reason' in it ? success(it.reason) : requestInvalid()));
    if (!body.ok) return { issues: body.issues };
    const skipped = await skipDeadLetter(acting, idIn(context), body.value);
    return skipped.ok ? { done: { skipped: idIn(context) } } : { issues: skipped.issues };
  });

type Done = { readonly done: object } | { readonly issues: readonly Issue[] };

/** An act of an authenticated operator. Refusals are audited here; an act is audited with its transaction. */
async function asOperator(
  gateway: Gateway,
  context: Context,
  action: 'requeue' | 'skip',
  act: (acting: Acting) => Promise<Done>,
): Promise<Response> {
  const { store, world } = gateway;
  const envelope = envelopeOf(context, 0);
  const authenticated = await gateway.authenticate(envelope, world.now());
  const partner = authenticated.ok ? authenticated.value : undefined;
  const { requestId } = tracesOf(envelope);
  const done = !partner
    ? { issues: authenticated.issues }
    : mayPartner(gateway.network, partner, action, ['operation', 'unread']).decision
      ? await act({ store, world, by: { ...operatorOf(partner), ...(requestId ? { requestId } : {}) } })
      : { issues: [issue('operator-only', {})] };
  if ('done' in done) return context.json(done.done);
  await auditRefusal(gateway, envelope, `${action}-delivery`, 'U', partner)(refused(done.issues));
  return replyIssues(context, done.issues);
}

const operatorOf = ({ id, name, person }: Caller) => ({ id, name, ...(person ? { person } : {}) });

const idIn = (context: Context): string => context.req.param('id') ?? '';

const maximumBytes = 100_000;
const requestInvalid = () => failure(issue('dead-letter-request-invalid', {}));

async function bodyOf<T>(
  context: Context,
  read: (body: Readonly<Record<string, unknown>>) => Result<T>,
): Promise<Result<T>> {
  const body = await readBody(context, maximumBytes);
  if (!body.ok) return body;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return read(parsed as Readonly<Record<string, unknown>>);
  } catch {
    // not JSON: refused below
  }
  return requestInvalid();
}

function wishIn({ ids, partner, all, ...others }: Readonly<Record<string, unknown>>): Result<RequeueWish> {
  if (Object.keys(others).length > 0 || [ids, partner, all].filter((it) => it !== undefined).length !== 1)
    return requestInvalid();
  if (all === true) return success({ all });
  if (typeof partner === 'string' && partner !== '') return success({ partner });
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= 1_000;
  return isList && ids.every((it): it is string => typeof it === 'string') ? success({ ids }) : requestInvalid();
}
