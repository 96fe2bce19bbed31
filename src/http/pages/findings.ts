import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { catalogue } from '../../fhir/catalogue/index.ts';
import { issue } from '../../fhir/issue.ts';
import { findingPage, findingsPage, findingsTitle, isCode } from '../../pages/findings/page.ts';
import { statusOfCategory } from '../status.ts';
import { type PageInfo, pageContextOf, readerOf, refusePage, replyPage } from './page.ts';

/** GET /docs/findings: the codes, for anybody: what the gateway publishes about itself. */
export async function showFindings(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const page = await publicPage(gateway, context, info);
  const content = findingsPage(page.view, (context.req.query('q') ?? '').slice(0, 100));
  return replyPage(context, page, { title: findingsTitle(page.view), current: 'codes', content });
}

/** GET /docs/findings/[code] */
export async function showFinding(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const code = context.req.param('code') ?? '';
  if (!isCode(code)) return refusePage(gateway, context, info, [issue('not-found', {})]);
  const page = await publicPage(gateway, context, info);
  const content = findingPage(page.view, code, statusOfCategory(catalogue[code].category));
  return replyPage(context, page, { title: code, current: 'codes', content });
}

/** A page for anybody, with the menu of who is logged in. */
async function publicPage(gateway: Gateway, context: Context, info: PageInfo) {
  const found = await info.people.sessionOf(context.req.header('cookie'), gateway.world.now());
  const caller = found.ok ? { ...found.value.partner, person: found.value.person } : undefined;
  return pageContextOf(gateway, context, info, await readerOf(gateway, context, info, caller));
}
