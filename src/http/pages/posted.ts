import type { Context } from 'hono';
import type { LoggedIn } from '../../access/index.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { mediaTypeOf } from '../../exchange/reading/media-type.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { keptPage, keptTitle } from '../../pages/form/kept.ts';
import { readBody } from '../body.ts';
import { envelopeOf, formToken } from '../envelope.ts';
import { type PageInfo, pageContextOf, refusePage, replyPage } from './page.ts';

/** Bytes of a form that people fill in, percent-encoded. */
const formBytes = 256 * 1024;

/** Fields of a form: the record of a conversation with all its rows has less. Each costs much more than its bytes. */
const mostFields = 5_000;

/** A form that somebody who is logged in sent, or the answer to one of somebody who is not. */
export type Posted =
  | { readonly kind: 'form'; readonly form: URLSearchParams; readonly session: LoggedIn }
  | { readonly kind: 'answered'; readonly response: Response };

/**
 * Reads a form, and puts its token where the request is judged (`people.changing`). When the session ended while it was filled in, or is
 * another one since, what was typed comes back, to be sent again: only to a page of the gateway itself.
 */
export async function postedForm(gateway: Gateway, context: Context, info: PageInfo): Promise<Posted> {
  const session = await info.people.sessionOf(context.req.header('cookie'), gateway.world.now());
  const { req } = context;
  const page = { origin: req.header('origin'), site: req.header('sec-fetch-site'), host: req.header('host') };
  const isOwn = info.people.isOwnPage(page);
  if (!session.ok && !isOwn)
    return { kind: 'answered', response: await refusePage(gateway, context, info, session.issues) };
  const read = await formIn(context);
  if (!read.ok) {
    const caller = session.ok ? { ...session.value.partner, person: session.value.person } : undefined;
    await auditRefusal(gateway, envelopeOf(context, 0), 'console', 'R', caller)(refused(read.issues));
    return { kind: 'answered', response: await refusePage(gateway, context, info, read.issues, caller) };
  }
  const form = read.value;
  const csrf = form.get('csrf') ?? '';
  const isOther = session.ok && isOwn && csrf !== '' && csrf !== session.value.session.csrfToken;
  if (!session.ok || isOther) {
    const shown = pageContextOf(gateway, context, info);
    const { pathname, search } = new URL(req.url);
    const content = keptPage(shown.view, {
      address: pathname + search,
      fields: [...form].filter(([name]) => name !== 'csrf'),
      ...(session.ok ? { csrfToken: session.value.session.csrfToken } : {}),
    });
    const status = session.ok ? 403 : 401;
    const response = await replyPage(
      context,
      shown,
      { title: keptTitle(shown.view), content, isRoomy: true },
      { status },
    );
    return { kind: 'answered', response };
  }
  context.set(formToken as never, csrf as never);
  return { kind: 'form', form, session: session.value };
}

async function formIn(context: Context): Promise<Result<URLSearchParams>> {
  if (mediaTypeOf(context.req.header('content-type') ?? '').type !== 'application/x-www-form-urlencoded')
    return failure(issue('media-type-unsupported', { supported: 'application/x-www-form-urlencoded' }));
  const body = await readBody(context, formBytes);
  if (!body.ok) return body;
  const text = Buffer.from(body.value).toString('utf8');
  if (text.split('&').length > mostFields) return failure(issue('form-fields-too-many', { limit: mostFields }));
  return success(new URLSearchParams(text.replaceAll('%0D%0A', '%0A')));
}
