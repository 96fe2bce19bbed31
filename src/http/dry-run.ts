import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Caller } from '../access/index.ts';
import { noMemory } from '../exchange/memory/memory.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Received } from '../exchange/reading/envelope.ts';
import { consider } from '../exchange.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { StoreFault } from '../store/store-fault.ts';
import { readBody } from './body.ts';

type Deciding = { readonly partner: Caller; readonly step: string; readonly at: Date; readonly deciding?: Gateway };

type Considered = Awaited<ReturnType<typeof consider>>;

/**
 * What the gateway decides on the message in the body, without storing or sending it. A failure: there is no message to decide on, or the
 * store could not be read. `deciding`: the gateway, or one that answers differently for a dry run.
 */
export async function dryRunOf(
  gateway: Gateway,
  context: Context,
  { partner, step, at, deciding = gateway }: Deciding,
): Promise<Result<Considered>> {
  const body = await readBody(context, gateway.network.settings.limits.bodyBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return failure(issue('body-missing', {}));
  const contentType = context.req.header('content-type') ?? '';
  return considerDraft(gateway, { contentType, body: body.value }, { partner, step, at, deciding });
}

/**
 * The same for a message that is at hand. `intake`: the name of the /intake/{name} that it is for. `readsStored`: false for somebody who may
 * not read what is stored of the sender.
 */
export async function considerDraft(
  gateway: Gateway,
  draft: Pick<Received, 'contentType' | 'body' | 'intake'>,
  { partner, step, at, deciding = gateway, readsStored = true }: Deciding & { readonly readsStored?: boolean },
): Promise<Result<Considered>> {
  const considered = await consider(deciding, readsStored ? gateway.store : noMemory, {
    ...draft,
    partner,
    requestId: gateway.world.newId(),
    traceId: gateway.world.newId(),
    bodyDigest: createHash('sha256').update(draft.body).digest('hex'),
    at,
  });
  if (!considered.ok && considered.fault) {
    gateway.report(considered.fault, step);
    if (considered.fault instanceof StoreFault) return { ok: false, issues: considered.steps.at(-1)?.issues ?? [] };
  }
  return success(considered);
}
