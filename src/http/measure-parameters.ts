import type { ParametersParameter } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { parse } from '../exchange/reading/parse.ts';
import { issue } from '../fhir/issue.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readBody } from './body.ts';

/** The dates as they were asked; whether they make a period is the network's to say. */
export type AskedPeriod = { readonly start: string; readonly end: string };

type Given = readonly (readonly [string, string])[];

const known = 'periodStart, periodEnd (dates), reportType (summary)';
const ofOne: readonly string[] = ['subject', 'practitioner'];
const summaries: readonly string[] = ['summary', 'population'];

/**
 * In-parameters of $evaluate-measure (https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html), of the address or
 * of a body of Parameters. Issues: `measure-parameter-invalid`, `measure-summary-only`.
 */
export async function askedPeriod(
  context: Context,
  limits: { readonly bodyBytes: number; readonly depth: number },
): Promise<Result<AskedPeriod>> {
  const given = await givenIn(context, limits);
  if (!given.ok) return given;
  const values = new Map(given.value);
  if (given.value.some(([name]) => ofOne.includes(name)) || !summaries.includes(values.get('reportType') ?? 'summary'))
    return failure(issue('measure-summary-only', {}));
  const names = ['periodStart', 'periodEnd', 'reportType'];
  const issues = [
    ...given.value
      .filter(([name], index) => !names.includes(name) || given.value.findIndex(([it]) => it === name) < index)
      .map(([name]) => unreadable(names.includes(name) ? name : 'parameter')),
    ...names.slice(0, 2).flatMap((name) => (date.test(values.get(name) ?? '') ? [] : [unreadable(name)])),
  ];
  if (issues.length > 0) return failure(...issues);
  return success({ start: values.get('periodStart') ?? '', end: values.get('periodEnd') ?? '' });
}

const date = /^\d{4}(-\d{2}(-\d{2})?)?$/;

const unreadable = (parameter: string) => issue('measure-parameter-invalid', { parameter, known });

async function givenIn(
  context: Context,
  limits: { readonly bodyBytes: number; readonly depth: number },
): Promise<Result<Given>> {
  const address: Given = [...new URL(context.req.url).searchParams].filter(([name]) => name !== '_format');
  if (context.req.method !== 'POST') return success(address);
  const body = await readBody(context, limits.bodyBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return success(address);
  const parsed = parse(context.req.header('content-type') ?? '', body.value, limits);
  if (!parsed.ok) return parsed;
  if (!isType(parsed.value.resource, 'Parameters')) return failure(unreadable('body'));
  // Nobody has looked yet whether these are well-formed Parameters.
  const all: readonly unknown[] = [(parsed.value.resource as { readonly parameter?: unknown }).parameter ?? []].flat();
  return success([...address, ...all.map((it) => told((it ?? {}) as ParametersParameter))]);
}

function told({ name, ...it }: ParametersParameter): readonly [string, string] {
  const value: unknown = it.valueDate ?? it.valueCode ?? it.valueString;
  return [typeof name === 'string' ? name : '?', typeof value === 'string' ? value : ''];
}
