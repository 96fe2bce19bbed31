import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Caller } from '../access/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { consider } from '../exchange.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { StoreFault } from '../store/store-fault.ts';
import { readBody } from './body.ts';

type Considered = Awaited<ReturnType<typeof consider>>;

/**
 * What the gateway decides on the message in the body, without storing or sending it. A failure: there is no message to decide on, or the
 * store could not be read. `deciding`: the gateway, or one that answers differently for a dry run.
 */
export async function dryRunOf(
  gateway: Gateway,
  context: Context,
  { partner, step, at, deciding = gateway }: { partner: Caller; step: string; at: Date; deciding?: Gateway },
): Promise<Result<Considered>> {
  const body = await readBody(context, gateway.network.settings.limits.bodyBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return failure(issue('body-missing', {}));
  const considered = await consider(deciding, gateway.store, {
    partner,
    requestId: gateway.world.newId(),
    traceId: gateway.world.newId(),
    contentType: context.req.header('content-type') ?? '',
    body: body.value,
    bodyDigest: createHash('sha256').update(body.value).digest('hex'),
    at,
  });
  if (!considered.ok && considered.fault) {
    gateway.report(considered.fault, step);
    if (considered.fault instanceof StoreFault) return { ok: false, issues: considered.steps.at(-1)?.issues ?? [] };
  }
  return success(considered);
}
