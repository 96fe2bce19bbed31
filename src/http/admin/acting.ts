import type { Context } from 'hono';
import { type ActionName, mayPartner } from '../../access/decide/index.ts';
import type { Caller } from '../../access/index.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { tracesOf } from '../../exchange/reading/audited-request.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Acting } from '../../operations/index.ts';
import { readBody } from '../body.ts';
import { envelopeOf } from '../envelope.ts';
import { replyIssues } from '../reply.ts';

/** The body of a request in JSON; an empty one is an empty object. */
export type JsonBody = Readonly<Record<string, unknown>>;

const maximumBytes = 200_000;

/**
 * An act of an operator, or of a partner for itself, if the decision function permits it. Refusals are audited here; an act is
 * audited in its transaction.
 */
export async function acting(
  gateway: Gateway,
  context: Context,
  action: ActionName,
  act: (acting: Acting, body: JsonBody, caller: Caller) => Promise<Result<object>>,
): Promise<Response> {
  const { store, world } = gateway;
  const envelope = envelopeOf(context, 0);
  const authenticated = await gateway.authenticate(envelope, world.now());
  const caller = authenticated.ok ? authenticated.value : undefined;
  const done = authenticated.ok
    ? await permitted(gateway, context, { action, caller: authenticated.value }, async (body) => {
        const { id, name, person } = authenticated.value;
        const { requestId } = tracesOf(envelope);
        const by = { id, name, ...(person ? { person } : {}), ...(requestId ? { requestId } : {}) };
        return act({ store, world, by }, body, authenticated.value);
      })
    : authenticated;
  if (done.ok) return context.json(done.value);
  await auditRefusal(gateway, envelope, action, 'U', caller)(refused(done.issues));
  return replyIssues(context, done.issues);
}

async function permitted(
  gateway: Gateway,
  context: Context,
  { action, caller }: { readonly action: ActionName; readonly caller: Caller },
  act: (body: JsonBody) => Promise<Result<object>>,
): Promise<Result<object>> {
  const decided = mayPartner(gateway.network, caller, action, ['operation', 'unread']);
  if (!decided.decision)
    return failure(issue(decided.context.code === 'operator-only' ? 'operator-only' : 'not-found', {}));
  const body = await jsonIn(context);
  return body.ok ? act(body.value) : body;
}

export const invalidRequest = (problem: string): Issue => issue('operations-request-invalid', { problem });

async function jsonIn(context: Context): Promise<Result<JsonBody>> {
  const body = await readBody(context, maximumBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return success({});
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return success(parsed as JsonBody);
  } catch {
    // not JSON: refused below
  }
  return failure(invalidRequest('the body is no JSON object'));
}
