import type { Parameters } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/gateway.ts';
import { parse } from '../exchange/parse.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { readBody } from './body.ts';
import { forReader, type Shown } from './reader.ts';
import { reply } from './reply.ts';

/**
 * Resource/$validate (https://hl7.org/fhir/R4/resource-operation-validate.html): of a resource as body or in
 * Parameters (resource, profile). 200 with the findings whatever the verdict; nothing is stored.
 */
export const validate = (gateway: Gateway, context: Context, type: string | undefined) =>
  forReader(gateway, context, 'validate', async (): Promise<Shown> => {
    const { limits } = gateway.network.settings;
    const body = await readBody(context.req.raw, limits.bodyBytes);
    if (!body.ok) return { kind: 'refused', issues: body.issues };
    const parsed = parse(context.req.header('content-type') ?? '', body.value, limits);
    if (!parsed.ok) return { kind: 'refused', issues: parsed.issues };
    const { resource, text } = parsed.value;
    const asked = isType(resource, 'Parameters') ? asksOf(resource) : { resource, text };
    if (!asked) return { kind: 'refused', issues: [issue('body-missing', {}, { expression: 'Parameters.parameter' })] };
    if (type && asked.resource.resourceType !== type) return { kind: 'refused', issues: [issue('id-mismatch', {})] };
    const profile = context.req.query('profile');
    const profiles = [...(asked.profiles ?? []), ...(profile ? [profile] : [])];
    const report = gateway.validator.validate(asked.resource, {
      profiles,
      ...(asked.text ? { text: asked.text } : {}),
    });
    const issues: readonly Issue[] = [...parsed.issues, ...report.issues];
    const outcome = operationOutcome(issues.length ? issues : [issue('valid', {})]);
    return { kind: 'shown', response: reply(context, outcome, 200), references: [] };
  });

type Asked = { readonly resource: Resource; readonly text?: string; readonly profiles?: readonly string[] };

function asksOf({ parameter = [] }: Parameters): Asked | undefined {
  const resource = parameter.find(({ name }) => name === 'resource')?.resource;
  const profiles = parameter.flatMap((it) =>
    it.name === 'profile' ? [it.valueUri ?? it.valueCanonical ?? it.valueUrl ?? ''].filter(Boolean) : [],
  );
  return resource ? { resource, profiles } : undefined;
}
