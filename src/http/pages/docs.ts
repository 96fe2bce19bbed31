import type { Context } from 'hono';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { issue } from '../../fhir/issue.ts';
import {
  type Defined,
  type DocumentedType,
  definitionPage,
  definitionsPage,
  definitionsTitle,
  documentedTypes,
  titleOf,
} from '../../pages/docs/definition-page.ts';
import { docsPage, docsTitle, documentPage } from '../../pages/docs/page.ts';
import { definitionsOf } from '../definitions.ts';
import { httpRoutes } from '../http-routes.ts';
import { openApiOf } from '../open-api.ts';
import { type PageInfo, publicPage, refusePage, replyPage } from './page.ts';

const unknown = (gateway: Gateway, context: Context, info: PageInfo): Promise<Response> =>
  refusePage(gateway, context, info, [issue('not-found', {})]);

/** GET /docs: the documentation of this version, for anybody; `q`: the places that have these words. */
export async function showDocs(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  if (!info.documents) return unknown(gateway, context, info);
  const page = await publicPage(gateway, context, info);
  const content = docsPage(page.view, info.documents, (context.req.query('q') ?? '').slice(0, 100));
  return replyPage(context, page, { title: docsTitle(page.view), current: 'docs', content });
}

/** GET /docs/[page] and /docs/[folder]/[page] */
export async function showDocument(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { folder, page: name } = context.req.param();
  const document = info.documents?.read([folder, name].filter(Boolean).join('/'));
  if (!document) return unknown(gateway, context, info);
  const page = await publicPage(gateway, context, info);
  const content = documentPage(page.view, document, info.documents!);
  return replyPage(context, page, { title: document.title, current: 'docs', content });
}

const defined = (gateway: Gateway, type: DocumentedType): readonly Defined[] =>
  definitionsOf(gateway, type) as readonly Defined[];

/** GET /docs/definitions: profiles, value sets, code systems and questionnaires. */
export async function showDefinitions(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const page = await publicPage(gateway, context, info);
  const all = Object.fromEntries(documentedTypes.map((type) => [type, defined(gateway, type)]));
  const content = definitionsPage(page.view, all as Record<DocumentedType, readonly Defined[]>);
  return replyPage(context, page, { title: definitionsTitle(page.view), current: 'docs', content });
}

/** GET /docs/definitions/[type]/[id]; `elements=all`: with the elements that a profile inherits. */
export async function showDefinition(gateway: Gateway, context: Context, info: PageInfo): Promise<Response> {
  const { type, id } = context.req.param();
  const known = documentedTypes.find((it) => it === type);
  const found = known && defined(gateway, known).find((it) => it.id === id);
  if (!found) return unknown(gateway, context, info);
  const page = await publicPage(gateway, context, info);
  const content = definitionPage(page.view, found, context.req.query('elements') === 'all');
  return replyPage(context, page, { title: titleOf(found, page.view), current: 'docs', content });
}

/** GET /docs/openapi.json */
export const showOpenApi = ({ network }: Gateway, context: Context, version: string): Response =>
  context.json(openApiOf(httpRoutes, { version, baseUrl: network.settings.baseUrl }));
