import type { Context } from 'hono';
import type { Caller, DraftValues, LoggedIn } from '../../access/index.ts';
import { assumedConsent } from '../../consent-source/index.ts';
import type { Reading } from '../../exchange/memory/as-seen.ts';
import type { Answer } from '../../exchange/pipeline/answer.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { accept } from '../../exchange.ts';
import { issue } from '../../fhir/issue.ts';
import { success } from '../../fhir/result.ts';
import type { PageContent } from '../../pages/frame/frame.ts';
import { inZone } from '../../temporal.ts';
import type { DryRuns } from '../dry-runs.ts';
import { envelopeOf } from '../envelope.ts';
import { redirect } from '../people/page.ts';
import type { ReadOutcome } from '../reader.ts';
import { maySend } from './drafts.ts';
import { forPage, type PageContext, type PageInfo, replyPage } from './page.ts';
import { postedForm } from './posted.ts';

/** What the forms have in common whose message is sent when they are finished: registration and conversation. */

export type FormParts = { readonly info: PageInfo; readonly dryRuns: DryRuns };

/** A draft as its page has it open. */
export type Place = {
  readonly page: PageContext;
  readonly session: LoggedIn;
  readonly id: string;
  readonly values: DraftValues;
};

export type Visit = { readonly caller: Caller; readonly page: PageContext; readonly permitted: Reading };

export type Posted = { readonly form: URLSearchParams; readonly session: LoggedIn };

export const notFound: ReadOutcome = { kind: 'refused', issues: [issue('not-found', {})] };

export const to = (address: string): ReadOutcome => ({ kind: 'shown', response: redirect(address), references: [] });

/** Shows a page of a form to who may send its message. */
export const onForm = (
  gateway: Gateway,
  context: Context,
  { info }: Pick<FormParts, 'info'>,
  show: (visit: Visit) => Promise<ReadOutcome>,
): Promise<Response> =>
  forPage(gateway, context, info, 'console', (caller, page, permitted) => show({ caller, page, permitted }), maySend);

/** The same for a form that was sent: one of another session comes back with what was typed. */
export async function onPosted(
  gateway: Gateway,
  context: Context,
  parts: Pick<FormParts, 'info'>,
  act: (posted: Posted, visit: Visit) => Promise<ReadOutcome>,
): Promise<Response> {
  const posted = await postedForm(gateway, context, parts.info);
  if (posted.kind === 'answered') return posted.response;
  return onForm(gateway, context, parts, (visit) => act(posted, visit));
}

export const todayIn = ({ network, world }: Gateway): string =>
  inZone(network.settings.timezone, world.now()).toPlainDate().toString();

export const tokenOf = ({ network }: Gateway, { frame }: PageContext) => ({
  csrfToken: frame.reader?.csrfToken,
  timezone: network.settings.timezone,
});

/** The gateway of a dry run of what is typed so far: the source of consents is asked when the message is sent. */
export const withoutAsking = (gateway: Gateway): Gateway => ({
  ...gateway,
  network: gateway.network,
  consentSource: assumedConsent,
});

type Message = {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly target: string;
  readonly intake?: string;
};

/** Sends the message of a draft by the way of every message. The draft names it: sent twice, it is done once. */
export const sendDraft = (gateway: Gateway, context: Context, id: string, message: Message): Promise<Answer> => {
  const { body, ...rest } = message;
  return accept(gateway, {
    ...envelopeOf(context, 0),
    ...rest,
    requestId: id,
    answerable: success(undefined),
    readBody: async () => success(body),
  });
};

/** Undefined when the message was accepted, now or the first time that it was sent. */
export const refusalOf = (answer: Answer): Extract<Answer, { kind: 'refused' }> | undefined =>
  answer.kind === 'accepted' || answer.issues.every(({ rule }) => rule === 'duplicate') ? undefined : answer;

type Shown = { readonly status?: number; readonly references?: readonly string[] };

/** A page of a form, in large type; without the bar of pages while one is filled in. */
export const shownForm = async (
  context: Context,
  page: PageContext,
  content: Pick<PageContent, 'title' | 'content' | 'current'>,
  { status = 200, references = [] }: Shown = {},
): Promise<ReadOutcome> => {
  const isForm = /\/[0-9a-f-]{36}$/.test(context.req.path);
  return {
    kind: 'shown',
    response: await replyPage(context, page, { ...content, isRoomy: true, isForm }, { status }),
    references,
  };
};
