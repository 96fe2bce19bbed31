import type { Context } from 'hono';
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
import { auditRefusal, tracesOf } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readBody } from './body.ts';
import { envelopeOf } from './envelope.ts';
import { reply, replyIssues } from './reply.ts';

/** What the gateway that runs can do with a set. */
export type Sets = {
  /** Whether it compiles here, with all that is wrong with it. */
  readonly check: (set: ConfigurationSet) => Promise<Result<unknown>>;
  /** Goes over to what was activated, now. */
  readonly follow: () => Promise<void>;
};

/** What is asked: a set by its files (parts that it leaves out are those in force), by its digest, or the previous one. */
type Wish = {
  readonly files?: readonly { readonly path: string; readonly text: string }[];
  readonly set?: string;
  readonly previous?: true;
  readonly withoutShadow?: true;
};

/** A set with every package of profiles that a network may want; who may send one is known by then. */
const largestSet = 64 * 1024 * 1024;

/** POST /configuration/$activate: puts a set into force for all gateways on the store. For the operator of the network. */
export async function activateConfiguration(gateway: Gateway, context: Context, sets: Sets): Promise<Response> {
  const envelope = envelopeOf(context, 0);
  const who = gateway.authenticate(envelope.authorization, gateway.world.now());
  const refuse = async (issues: readonly Issue[], status?: 422): Promise<Response> => {
    await auditRefusal(
      gateway,
      envelope,
      'activate-configuration',
      'U',
      who.ok ? who.value : undefined,
    )(refused(issues));
    // what is wrong within a set is a fault of the gateway when it starts on it, here it is what was sent
    return status ? reply(context, operationOutcome(issues), status) : replyIssues(context, issues);
  };
  if (!who.ok) return refuse(who.issues);
  if (!who.value.roles.includes('operator')) return refuse([issue('operator-only', {})]);
  const wish = await wishIn(context);
  if (!wish.ok) return refuse(wish.issues);
  const set = await wanted(gateway, wish.value);
  if (!set.ok) return refuse(set.issues);
  const checked = await sets.check(set.value);
  if (!checked.ok) return refuse(checked.issues, 422);
  const may = wish.value.withoutShadow ? success(undefined) : await mayActivate(gateway.store, set.value.digest);
  if (!may.ok) return refuse(may.issues);
  const by: Partner = who.value;
  const activated = await activate(gateway.store, gateway.world, set.value, { by, ...requestIdOf(envelope) });
  if (!activated.ok) return refuse(activated.issues);
  await sets.follow();
  return context.json({ digest: activated.value.digest, at: activated.value.at.toISOString() });
}

const requestIdOf = (envelope: Parameters<typeof tracesOf>[0]): { readonly requestId?: string } => {
  const { requestId } = tracesOf(envelope);
  return requestId ? { requestId } : {};
};

async function wanted({ store }: Gateway, { files, set, previous }: Wish): Promise<Result<ConfigurationSet>> {
  if (set !== undefined) return storedSet(store, set);
  if (previous) return previousSet(store);
  const use = await lastUse(store);
  const base = use ? await storedSet(store, use.digest) : success({ digest: '', files: [] });
  return base.ok ? success(complete(files ?? [], base.value)) : base;
}

async function wishIn(context: Context): Promise<Result<Wish>> {
  const body = await readBody(context, largestSet);
  if (!body.ok) return body;
  try {
    const wish = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value)) as Wish;
    const { files, set, previous } = wish;
    const isWhole = files?.every(({ path, text }) => isSetPath(path) && typeof text === 'string') ?? true;
    const given = [files, set, previous].filter((it) => it !== undefined);
    if (isWhole && given.length === 1 && (set === undefined || typeof set === 'string')) return success(wish);
  } catch {
    // told below, with what is expected
  }
  return failure(issue('config-request-invalid', {}));
}
