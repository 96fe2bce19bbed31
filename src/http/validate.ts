import type { Context } from 'hono';
import { reportableIssues } from '../exchange/pipeline/answer.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { countValues } from '../exchange/reading/count-values.ts';
import { read } from '../exchange/reading/parse.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { success } from '../fhir/result.ts';
import { yieldToOthers } from '../turns.ts';
import { answerQuestions } from '../validation/index.ts';
import { readBody } from './body.ts';
import type { DryRuns } from './dry-runs.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

/**
 * Resource/$validate (https://hl7.org/fhir/R4/resource-operation-validate.html) of a resource, as body or in Parameters
 * (resource, profile). 200 with the findings, whatever the verdict; nothing is stored.
 */
export const validate = (gateway: Gateway, context: Context, type: string | undefined, dryRuns: DryRuns) =>
  forReader(gateway, context, 'validate', async (partner): Promise<ReadOutcome> => {
    const exceeded = dryRuns(partner);
    if (exceeded) return exceeded;
    const { limits } = gateway.network.settings;
    const body = await readBody(context, limits.bodyBytes);
    if (!body.ok) return { kind: 'refused', issues: body.issues };
    const yieldIfDue = yieldToOthers();
    const parsed = read(context.req.header('content-type') ?? '', body.value, limits);
    if (!parsed.ok) return { kind: 'refused', issues: parsed.issues };
    const { resource, text } = parsed.value;
    const request = isType(resource, 'Parameters') ? validateRequestIn(resource) : { resource, text };
    if (!request)
      return { kind: 'refused', issues: [issue('body-missing', {}, { expression: 'Parameters.parameter' })] };
    if (type && request.resource.resourceType !== type) return { kind: 'refused', issues: [issue('id-mismatch', {})] };
    const profile = context.req.query('profile');
    const profiles = [...(request.profiles ?? []), ...(profile ? [profile] : [])];
    await yieldIfDue();
    const options = { profiles, ...(request.text ? { text: request.text } : {}) };
    const found = isHeavy(request.resource)
      ? await gateway.heavy.validate(writeJson(request.resource), options)
      : success(gateway.validator.validate(request.resource, options));
    if (!found.ok) return { kind: 'refused', issues: found.issues };
    const report = await answerQuestions(found.value, gateway.terminology.ask);
    const issues: readonly Issue[] = [...parsed.issues, ...report.issues];
    const outcome = operationOutcome(issues.length ? reportableIssues(issues) : [issue('valid', {})]);
    return { kind: 'shown', response: reply(context, outcome, 200), references: [] };
  });

/** Values of a resource that is validated off the main loop: below it, validation takes a few hundredths of a second. */
const manyValues = 3_000;

const isHeavy = (resource: Resource): boolean => countValues(resource, manyValues) > manyValues;

type ValidateRequest = { readonly resource: Resource; readonly text?: string; readonly profiles?: readonly string[] };

/** The Parameters are not validated yet. */
function validateRequestIn({ parameter }: { readonly parameter?: unknown }): ValidateRequest | undefined {
  const parameters = (Array.isArray(parameter) ? parameter : []).filter(isObject);
  const resource = parameters.find(({ name }) => name === 'resource')?.resource;
  const profiles = parameters
    .filter(({ name }) => name === 'profile')
    .map((it) => it.valueUri ?? it.valueCanonical ?? it.valueUrl)
    .filter((it) => typeof it === 'string' && it !== '');
  return isObject(resource) && typeof resource.resourceType === 'string'
    ? { resource: resource as unknown as Resource, profiles: profiles as string[] }
    : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
