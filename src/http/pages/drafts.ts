import type { Context } from 'hono';
import { mayPartner } from '../../access/decide/index.ts';
import type { Caller, Draft, DraftHolder, DraftValues, LoggedIn } from '../../access/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { Asked } from '../asked-by.ts';
import type { PageInfo } from './page.ts';

/** The decision on a form whose message its reader sends: as for the message itself. */
export const maySend: Asked = { action: 'act', kind: 'message' };

export const mayFillIn = ({ network }: Gateway, caller: Caller): boolean =>
  mayPartner(network, caller, maySend.action, [maySend.kind, 'unread']).decision;

export const holderOf = ({ partner, session }: Pick<LoggedIn, 'partner' | 'session'>): DraftHolder => ({
  issuer: session.content.issuer,
  subject: session.content.subject,
  partner: partner.id,
});

/** The session of a page that was permitted already; undefined for a system with a token, which has no drafts. */
export async function sessionIn(
  gateway: Gateway,
  context: Context,
  { people }: PageInfo,
): Promise<LoggedIn | undefined> {
  const found = await people.sessionOf(context.req.header('cookie'), gateway.world.now());
  return found.ok ? found.value : undefined;
}

export type OwnDraft = { readonly session: LoggedIn; readonly draft: Draft };

/** The draft in the address: of this form, and begun by who asks. */
export async function ownDraft(
  gateway: Gateway,
  context: Context,
  info: PageInfo,
  form: string,
): Promise<OwnDraft | undefined> {
  const session = await sessionIn(gateway, context, info);
  const draft = session && (await info.people.drafts.open(holderOf(session), draftId(context), gateway.world.now()));
  return session && draft?.form === form ? { session, draft } : undefined;
}

export const draftId = (context: Context): string => context.req.param('id') ?? '';

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** What a form has for these fields; a box that was not ticked is an empty list. In one pass: a form may have many fields. */
export function valuesIn(form: URLSearchParams, fields: readonly string[]): DraftValues {
  const typed = new Map<string, string[]>(fields.map((name) => [name, []]));
  for (const [name, value] of form) typed.get(name)?.push(value);
  return Object.fromEntries(typed);
}
