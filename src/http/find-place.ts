import type { ParametersParameter } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { parse } from '../exchange/reading/parse.ts';
import { findPlace, type PlaceQuery, proposeTransfer } from '../exchange/transfer/find-place.ts';
import { issue } from '../fhir/issue.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type Proposal, proposalParameters } from '../routing/index.ts';
import { readBody } from './body.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

/** HealthcareService/$find-place: services ranked by the criteria of the request, without an order. */
export const findPlaceOperation = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'find-place', async (partner): Promise<ReadOutcome> => {
    const criteria = await criteriaIn(gateway, context);
    return criteria.ok
      ? shown(gateway, context, findPlace(gateway, partner, criteria.value), [])
      : { kind: 'refused', issues: criteria.issues };
  });

/** ServiceRequest/[id]/$propose-transfer: ranked services for an order, for its parties only. */
export const proposeTransferOperation = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'propose-transfer', async (partner, permitted): Promise<ReadOutcome> => {
    const order = context.req.param('id') ?? '';
    const criteria = await criteriaIn(gateway, context);
    if (!criteria.ok) return { kind: 'refused', issues: criteria.issues };
    const proposal = await proposeTransfer(gateway, { partner, permitted }, order, criteria.value);
    return proposal
      ? shown(gateway, context, proposal, [`ServiceRequest/${order}`])
      : { kind: 'refused', issues: [issue('not-found', {})] };
  });

const shown = (gateway: Gateway, context: Context, proposal: Proposal, references: readonly string[]): ReadOutcome => ({
  kind: 'shown',
  response: reply(context, proposalParameters(proposal, gateway.network.settings.norms), 200),
  references,
});

const forms: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    type: /^[a-z][a-z0-9-]{0,63}$/,
    'diagnosis-group': /^[^\s|]{1,64}$|^[^\s|]{1,128}\|[^\s|]{1,64}$/,
    postcode: /^[1-9]\d{3}$/,
    municipality: /^\d{4}$/,
  }),
);

/** Criteria from the query, or from a body of Parameters. Issue: `place-parameter-invalid`. */
async function criteriaIn(gateway: Gateway, context: Context): Promise<Result<PlaceQuery>> {
  const values = await namedValuesIn(gateway, context);
  if (!values.ok) return values;
  const issues = values.value.flatMap(([name, value]) =>
    forms.get(name)?.test(value)
      ? []
      : [issue('place-parameter-invalid', { parameter: forms.has(name) ? name : 'parameter', known: form })],
  );
  if (issues.length > 0) return failure(...issues);
  const all = (name: string): string[] => values.value.filter(([it]) => it === name).map(([, value]) => value);
  const [[group = null], [postcode], [municipality]] = [all('diagnosis-group'), all('postcode'), all('municipality')];
  return success({
    types: all('type'),
    group,
    ...(postcode === undefined ? {} : { postcode }),
    ...(municipality === undefined ? {} : { municipality }),
  });
}

const form = 'type (mgn-service-type), diagnosis-group (mgn-diagnosis-group), postcode (1234), municipality (0123)';

async function namedValuesIn(
  gateway: Gateway,
  context: Context,
): Promise<Result<readonly (readonly [string, string])[]>> {
  const address = [...new URL(context.req.url).searchParams].filter(([name]) => name !== '_format');
  if (context.req.method !== 'POST') return success(address);
  const { limits } = gateway.network.settings;
  const body = await readBody(context, limits.bodyBytes);
  if (!body.ok) return body;
  if (body.value.byteLength === 0) return success(address);
  const parsed = parse(context.req.header('content-type') ?? '', body.value, limits);
  if (!parsed.ok) return parsed;
  if (!isType(parsed.value.resource, 'Parameters'))
    return failure(issue('place-parameter-invalid', { parameter: 'body', known: form }));
  return success([...address, ...valuesOf(parsed.value.resource)]);
}

/** The Parameters are not validated yet. */
function valuesOf({ parameter }: { readonly parameter?: unknown }): (readonly [string, string])[] {
  const parameters: readonly unknown[] = Array.isArray(parameter) ? parameter : [];
  return parameters.map((it) => {
    const { name, ...value } = (it ?? {}) as ParametersParameter;
    const text: unknown = textOf(value as ParametersParameter);
    return [typeof name === 'string' ? name : '?', typeof text === 'string' ? text : ''];
  });
}

const textOf = (it: ParametersParameter): string | undefined =>
  it.valueCode ?? it.valueString ?? (it.valueCoding ?? it.valueCodeableConcept?.coding?.[0])?.code;
