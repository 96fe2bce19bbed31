import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { catalogue } from '../../fhir/catalogue/index.ts';
import { issue } from '../../fhir/issue.ts';
import { findingPage, findingsPage, findingsTitle, isCode } from '../../pages/findings/page.ts';
import { statusOfCategory } from '../status.ts';
import { type PageInfo, publicPage, refusePage, replyPage } from './page.ts';

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
