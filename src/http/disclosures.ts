import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { mediaTypeOf } from '../exchange/reading/media-type.ts';
import { mgnNaming } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { success } from '../fhir/result.ts';
import { personReport, type ReportLine, reportAsHtml } from '../tracker/index.ts';
import { varying } from './compressed.ts';
import { formatOf } from './media.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

/**
 * Patient/[id]/$disclosures: who did what with data of a person, when, and on which ground, over all Patients of that person.
 * Operator only: the network's auditor, on behalf of the person. As Parameters, or as a page for the person (text/html; in English with
 * Accept-Language: en). The request is an event of the report itself.
 */
export const disclosuresOperation = (gateway: Gateway, context: Context) =>
  forReader(
    gateway,
    context,
    'disclosures',
    async () => {
      const patient = context.req.param('id') ?? '';
      const report = await personReport(gateway.store, { patient });
      if (!report) return { kind: 'refused', issues: [issue('not-found', {})] };
      const body: Parameters = {
        resourceType: 'Parameters',
        ...(report.lines.length ? { parameter: report.lines.map(eventOf) } : {}),
      };
      const { timezone } = gateway.network.settings;
      const language = /^en\b/i.test(context.req.header('accept-language') ?? '') ? 'en' : 'nl';
      const response = prefersHtml(context)
        ? page(context, reportAsHtml(report, language, timezone), language)
        : reply(context, body, 200);
      return { kind: 'shown', response, references: [`Patient/${patient}`] };
    },
    (it) => (prefersHtml(it) ? success('html') : formatOf(it)),
  );

const prefersHtml = (context: Context): boolean =>
  mediaTypeOf((context.req.query('_format') ?? context.req.header('accept') ?? '').split(',')[0] ?? '').type ===
  'text/html';

const page = (context: Context, html: string, language: string): Response =>
  new Response(html, {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': language,
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
      'Cache-Control': 'no-store',
      ...varying(context),
    },
  });

const partner = (name: string, { id, name: display }: NonNullable<ReportLine['who']>): ParametersParameter => ({
  name,
  valueReference: { identifier: { system: mgnNaming('partner'), value: id }, display },
});

const eventOf = (line: ReportLine): ParametersParameter => ({
  name: 'event',
  part: [
    { name: 'at', valueInstant: line.at },
    { name: 'interaction', valueCode: line.interaction },
    { name: 'outcome', valueCode: line.outcome },
    ...(line.who ? [partner('who', line.who)] : []),
    ...(line.recipient ? [partner('recipient', line.recipient)] : []),
    ...line.types.map((type) => ({ name: 'type', valueCode: type })),
    ...(line.legalBasis ? [{ name: 'legal-basis', valueCode: line.legalBasis }] : []),
    ...(line.purpose ? [{ name: 'purpose', valueCode: line.purpose }] : []),
    ...(line.count > 1 ? [{ name: 'count', valueInteger: line.count }] : []),
    ...(line.until ? [{ name: 'until', valueInstant: line.until }] : []),
  ],
});
