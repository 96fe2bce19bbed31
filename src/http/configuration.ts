import type { Context } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import {
  activate,
  type ConfigurationSet,
  complete,
  isSetPath,
  lastUse,
  mayActivate,
  previousSet,
  storedSet,
} from '../configuration/index.ts';
import type { Partner } from '../directory/index.ts';
import { refused } from '../exchange/pipeline/answer.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { tracesOf } from '../exchange/reading/audited-request.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readBody } from './body.ts';
import { envelopeOf } from './envelope.ts';
import { reply, replyIssues } from './reply.ts';

/** Operations of the running gateway on a configuration set. */
export type Sets = {
  /** Compiles the set here; reports all its mistakes. */
  readonly check: (set: ConfigurationSet) => Promise<Result<unknown>>;
  /** Switches to the activated set now. */
  readonly follow: () => Promise<void>;
};

/** Requested set: by its files (omitted parts are those in force), by its digest, or the previous set. */
type ActivationRequest = {
  readonly files?: readonly { readonly path: string; readonly text: string }[];
  readonly set?: string;
  readonly previous?: true;
  readonly withoutShadow?: true;
};

/** Large enough for a set with many packages of profiles; the sender is authenticated by then. */
const maximumSetBytes = 64 * 1024 * 1024;

/** POST /configuration/$activate: puts a set into force for all gateways on the store. Operator only. */
export async function activateConfiguration(gateway: Gateway, context: Context, sets: Sets): Promise<Response> {
  const envelope = envelopeOf(context, 0);
  const authenticated = gateway.authenticate(envelope.authorization, gateway.world.now());
  const refuse = async (issues: readonly Issue[], status?: 422): Promise<Response> => {
    await auditRefusal(
      gateway,
      envelope,
      'activate-configuration',
      'U',
      authenticated.ok ? authenticated.value : undefined,
    )(refused(issues));
    // the findings of a set have status 500 at a start; here they concern the body of the request
    return status ? reply(context, operationOutcome(issues), status) : replyIssues(context, issues);
  };
  if (!authenticated.ok) return refuse(authenticated.issues);
  const decided = mayPartner(gateway.network, authenticated.value, 'activate', ['operation', 'unread']);
  if (!decided.decision) return refuse([issue('operator-only', {})]);
  const requested = await activationRequestIn(context);
  if (!requested.ok) return refuse(requested.issues);
  const set = await requestedSet(gateway, requested.value);
  if (!set.ok) return refuse(set.issues);
  const checked = await sets.check(set.value);
  if (!checked.ok) return refuse(checked.issues, 422);
  const permitted = requested.value.withoutShadow
    ? success(undefined)
    : await mayActivate(gateway.store, set.value.digest);
  if (!permitted.ok) return refuse(permitted.issues);
  const by: Partner = authenticated.value;
  const activated = await activate(gateway.store, gateway.world, set.value, { by, ...requestIdOf(envelope) });
  if (!activated.ok) return refuse(activated.issues);
  await sets.follow();
  return context.json({ digest: activated.value.digest, at: activated.value.at.toISOString() });
}

const requestIdOf = (envelope: Parameters<typeof tracesOf>[0]): { readonly requestId?: string } => {
  const { requestId } = tracesOf(envelope);
  return requestId ? { requestId } : {};
};

async function requestedSet(
  { store }: Gateway,
  { files, set, previous }: ActivationRequest,
): Promise<Result<ConfigurationSet>> {
  if (set !== undefined) return storedSet(store, set);
  if (previous) return previousSet(store);
  const use = await lastUse(store);
  const base = use ? await storedSet(store, use.digest) : success({ digest: '', files: [] });
  return base.ok ? success(complete(files ?? [], base.value)) : base;
}

async function activationRequestIn(context: Context): Promise<Result<ActivationRequest>> {
  const body = await readBody(context, maximumSetBytes);
  if (!body.ok) return body;
  try {
    const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value)) as ActivationRequest;
    const { files, set, previous } = parsed;
    const isWhole = files?.every(({ path, text }) => isSetPath(path) && typeof text === 'string') ?? true;
    const alternatives = [files, set, previous].filter((it) => it !== undefined);
    if (isWhole && alternatives.length === 1 && (set === undefined || typeof set === 'string')) return success(parsed);
  } catch {
    // not JSON: refused below
  }
  return failure(issue('config-request-invalid', {}));
}
