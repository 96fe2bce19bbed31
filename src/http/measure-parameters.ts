import type { ParametersParameter } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { parse } from '../exchange/reading/parse.ts';
import { issue } from '../fhir/issue.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readBody } from './body.ts';

/** Requested dates, as sent; the network decides whether they are a period. */
export type RequestedPeriod = { readonly start: string; readonly end: string };

type NamedValues = readonly (readonly [string, string])[];

const supported = 'periodStart, periodEnd (dates), reportType (summary)';
const ofOne: readonly string[] = ['subject', 'practitioner'];
const summaries: readonly string[] = ['summary', 'population'];

/**
 * In-parameters of $evaluate-measure (https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html), of the address
 * or of a body of Parameters. Issues: `measure-parameter-invalid`, `measure-summary-only`.
 */
export async function requestedPeriod(
  context: Context,
  limits: { readonly bodyBytes: number; readonly depth: number },
): Promise<Result<RequestedPeriod>> {
  const values = await namedValuesIn(context, limits);
  if (!values.ok) return values;
  const byName = new Map(values.value);
  if (values.value.some(([name]) => ofOne.includes(name)) || !summaries.includes(byName.get('reportType') ?? 'summary'))
    return failure(issue('measure-summary-only', {}));
  const names = ['periodStart', 'periodEnd', 'reportType'];
  const issues = [
    ...values.value
      .filter(([name], index) => !names.includes(name) || values.value.findIndex(([it]) => it === name) < index)
      .map(([name]) => parameterInvalid(names.includes(name) ? name : 'parameter')),
    ...names.slice(0, 2).flatMap((name) => (date.test(byName.get(name) ?? '') ? [] : [parameterInvalid(name)])),
  ];
  if (issues.length > 0) return failure(...issues);
  return success({ start: byName.get('periodStart') ?? '', end: byName.get('periodEnd') ?? '' });
}

const date = /^\d{4}(-\d{2}(-\d{2})?)?$/;

const parameterInvalid = (parameter: string) => issue('measure-parameter-invalid', { parameter, known: supported });

async function namedValuesIn(
  context: Context,
  limits: { readonly bodyBytes: number; readonly depth: number },
): Promise<Result<NamedValues>> {
  const address: NamedValues = [...new URL(context.req.url).searchParams].filter(([name]) => name !== '_format');
  if (context.req.method !== 'POST') return success(address);
  const body = await readBody(context, limits.bodyBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return success(address);
  const parsed = parse(context.req.header('content-type') ?? '', body.value, limits);
  if (!parsed.ok) return parsed;
  if (!isType(parsed.value.resource, 'Parameters')) return failure(parameterInvalid('body'));
  // The Parameters are not validated yet.
  const all: readonly unknown[] = [(parsed.value.resource as { readonly parameter?: unknown }).parameter ?? []].flat();
  return success([...address, ...all.map((it) => namedValueOf((it ?? {}) as ParametersParameter))]);
}

function namedValueOf({ name, ...it }: ParametersParameter): readonly [string, string] {
  const value: unknown = it.valueDate ?? it.valueCode ?? it.valueString;
  return [typeof name === 'string' ? name : '?', typeof value === 'string' ? value : ''];
}
