import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'hono';
import { mayPartner } from '../../access/decide/index.ts';
import type { Caller } from '../../access/index.ts';
import { assumedConsent } from '../../consent-source/index.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { mediaTypeOf } from '../../exchange/reading/media-type.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { type Example, examples } from '../../pages/workbench/examples.ts';
import { formatOf } from '../../pages/workbench/format.ts';
import {
  changed,
  isChange,
  nothingTried,
  trialResult,
  workbenchPage,
  workbenchTitle,
} from '../../pages/workbench/page.ts';
import { type Trial, trialOf } from '../../pages/workbench/trial.ts';
import { readBody } from '../body.ts';
import { considerDraft } from '../dry-run.ts';
import type { DryRuns } from '../dry-runs.ts';
import { envelopeOf, formToken } from '../envelope.ts';
import type { ReadOutcome } from '../reader.ts';
import { forPage, isPart, type PageContext, type PageInfo, refusePage, replyPage, replyPart } from './page.ts';

type Parts = { readonly info: PageInfo; readonly dryRuns: DryRuns };

/** GET /workbench: the empty page, or an example that is run: `?example=`, changed by `?change=`. */
export const showWorkbench = (gateway: Gateway, context: Context, { info, dryRuns }: Parts): Promise<Response> =>
  forPage(gateway, context, info, 'explain', async (caller, page): Promise<ReadOutcome> => {
    const example = examples.find(({ id }) => id === context.req.query('example'));
    const text = example ? await textOf(example, info.examples, context.req.query('change')) : undefined;
    if (example === undefined || text === undefined) return answer(gateway, context, { caller, page, info, text: '' });
    const exceeded = dryRuns(caller);
    if (exceeded) return exceeded;
    const tried = await tryText(gateway, caller, text);
    if (!tried.ok) return { kind: 'refused', issues: tried.issues };
    return answer(gateway, context, { caller, page, info, text, example, trial: tried.value });
  });

/** POST /workbench: a message in the field `message`, with the token of the session in the field `csrf`. Nothing of it is stored. */
export async function tryMessage(gateway: Gateway, context: Context, { info, dryRuns }: Parts): Promise<Response> {
  const session = await info.people.sessionOf(context.req.header('cookie'), gateway.world.now());
  if (!session.ok) return refusePage(gateway, context, info, session.issues);
  const form = await messageIn(context, gateway.network.settings.limits.bodyBytes);
  if (!form.ok) {
    const { partner, person } = session.value;
    await auditRefusal(gateway, envelopeOf(context, 0), 'explain', 'R', { ...partner, person })(refused(form.issues));
    return refusePage(gateway, context, info, form.issues);
  }
  context.set(formToken as never, form.value.csrf as never);
  return forPage(gateway, context, info, 'explain', async (caller, page): Promise<ReadOutcome> => {
    const { text } = form.value;
    if (text.trim() === '') return { kind: 'refused', issues: [issue('body-missing', {})] };
    const exceeded = dryRuns(caller);
    if (exceeded) return exceeded;
    const tried = await tryText(gateway, caller, text);
    if (!tried.ok) return { kind: 'refused', issues: tried.issues };
    return answer(gateway, context, { caller, page, info, text, trial: tried.value });
  });
}

/** A form percent-encodes: what was three bytes is nine. */
const formFactor = 3;

async function messageIn(
  context: Context,
  limit: number,
): Promise<Result<{ readonly text: string; readonly csrf: string }>> {
  if (mediaTypeOf(context.req.header('content-type') ?? '').type !== 'application/x-www-form-urlencoded')
    return failure(issue('media-type-unsupported', { supported: 'application/x-www-form-urlencoded' }));
  const body = await readBody(context, formFactor * limit);
  if (!body.ok) return body;
  const form = new URLSearchParams(Buffer.from(body.value).toString('utf8'));
  const text = (form.get('message') ?? '').replace(/\r\n/g, '\n');
  if (Buffer.byteLength(text) > limit) return failure(issue('body-too-large', { limit }));
  return success({ text, csrf: form.get('csrf') ?? '' });
}

async function tryText(gateway: Gateway, caller: Caller, text: string): Promise<Result<Trial>> {
  const at = gateway.world.now();
  const format = formatOf(gateway, text);
  const { contentType, intake } = format;
  const draft = { contentType, body: new TextEncoder().encode(text), ...(intake ? { intake } : {}) };
  // no consent source outside is asked for a trial
  const deciding = { ...gateway, network: gateway.network, consentSource: assumedConsent };
  // a draft is that of the partner: who may not send may try; who may not read its records gets nothing out of them by a draft
  const { person, ...partner } = caller;
  const readsStored = mayPartner(gateway.network, caller, 'read', ['record', 'sender']).decision;
  const run = await considerDraft(gateway, draft, { partner, step: 'explain', at, deciding, readsStored });
  return run.ok
    ? success(trialOf(deciding, { text, format, partner, at, considered: run.value }))
    : failure(...run.issues);
}

async function textOf(
  { id, file }: Example,
  folder: string | undefined,
  change: string | undefined,
): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const text = await readFile(join(folder, id, file), 'utf8').catch(() => undefined);
  return text !== undefined && change !== undefined && isChange(change) ? changed(text, change) : text;
}

type Answered = {
  readonly caller: Caller;
  readonly page: PageContext;
  readonly info: PageInfo;
  readonly text: string;
  readonly example?: Example;
  readonly trial?: Trial;
};

async function answer(
  gateway: Gateway,
  context: Context,
  { caller, page, info, text, example, trial }: Answered,
): Promise<ReadOutcome> {
  const { view, frame } = page;
  const { baseUrl } = gateway.network.settings;
  const result = trial ? trialResult(view, trial, { example, baseUrl }) : nothingTried(view);
  if (trial && isPart(context))
    return { kind: 'shown', response: await replyPart(context, page, result), references: [] };
  const content = workbenchPage(view, {
    text,
    example,
    organization: caller.name,
    csrfToken: frame.reader?.csrfToken,
    baseUrl,
    result,
  });
  const shown = { title: workbenchTitle(view), current: 'workbench', content } as const;
  const issuer = info.people.provider?.settings.issuer;
  return { kind: 'shown', response: await replyPage(context, page, shown, { issuer }), references: [] };
}
