import type { CodeableConcept, Parameters, ParametersParameter, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { localReference, withLocalReferences } from '../../fhir/local-reference.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { shapeIssues } from '../../fhir/shape.ts';
import { type LabelChange, labelChange } from '../memory/labels.ts';
import type { Received } from '../reading/envelope.ts';
import { decode, mediaTypeOf } from '../reading/media-type.ts';
import { parseWrite, type WriteSettings } from '../reading/parse.ts';
import { applyPathPatch } from './patch/fhirpath/apply.ts';
import { readPathPatch } from './patch/fhirpath/read.ts';
import { applyJsonPatch, type Operation } from './patch/json-patch.ts';
import { parsePatch } from './patch/parse-json-patch.ts';

/** How a change is requested: PUT of the whole resource, JSON Patch or FHIRPath Patch, or the operation $transition. */
export type MoveMethod = 'update' | 'patch' | 'transition';

type Movable = (Task | ServiceRequest) & { readonly id: string };

/** The resource after the requested change, with its reason. Meta stays that of the stored version, but for labels. */
export type RequestedMove<T> = {
  readonly after: T;
  readonly labels: LabelChange;
  readonly reason?: CodeableConcept;
  /** Parameter `answer` of $transition. */
  readonly answer?: Resource;
};

export function requestedMove<T extends Movable>(
  method: MoveMethod,
  before: T,
  received: Received,
  settings: WriteSettings,
): Result<RequestedMove<T>> {
  const read: (before: Movable, received: Received, settings: WriteSettings) => Result<Requested> = {
    update: replaced,
    patch: patched,
    transition: transitioned,
  }[method];
  const requested = read(before, received, settings);
  if (!requested.ok) return requested;
  const { after, reason, answer } = requested.value;
  if (after.resourceType !== before.resourceType || after.id !== before.id)
    return failure(issue('id-mismatch', {}, { expression: `${before.resourceType}.id` }));
  const withOwnMeta = { ...(after as T), ...(before.meta ? { meta: before.meta } : {}) };
  const labels = labelChange(before.meta, after.meta, { removes: method !== 'update' });
  return success({ after: withOwnMeta, labels, ...(reason ? { reason } : {}), ...(answer ? { answer } : {}) });
}

type Requested = Omit<RequestedMove<Resource>, 'labels'>;

function patched(before: Movable, received: Received, settings: WriteSettings): Result<Requested> {
  const media = mediaTypeOf(received.contentType);
  const apply = media.type === 'application/json-patch+json' ? jsonPatched : pathPatched;
  const after = apply(before, received, settings);
  if (!after.ok) return after;
  const misshapen = shapeIssues(after.value);
  if (misshapen.length) return failure(...misshapen);
  return success({ after: withLocalReferences(after.value, settings.baseUrl, before) });
}

function jsonPatched(
  before: Movable,
  { contentType, body }: Received,
  { limits, baseUrl }: WriteSettings,
): Result<Resource> {
  const text = decode(mediaTypeOf(contentType), body);
  if (!text.ok) return text;
  const patch = parsePatch(text.value, limits);
  if (!patch.ok) return patch;
  // a `test` compares with references as they are stored
  const local = patch.value.map((it) => withLocalValue(it, baseUrl));
  return applyJsonPatch<Movable>(before, local);
}

function withLocalValue(operation: Operation, base: string): Operation {
  if (!('value' in operation)) return operation;
  const { value, path } = operation;
  if (typeof value === 'string')
    return path.at(-1) === 'reference' ? { ...operation, value: localReference(value, base) } : operation;
  const { value: local } = withLocalReferences({ resourceType: 'patch', value } as Resource & { value: unknown }, base);
  return { ...operation, value: local };
}

function pathPatched(before: Movable, received: Received, settings: WriteSettings): Result<Resource> {
  if (!fhirTypes.includes(mediaTypeOf(received.contentType).type))
    return failure(issue('media-type-unsupported', { supported: patchFormats.join(', ') }));
  const parsed = parseWrite(received, settings);
  if (!parsed.ok) return parsed;
  const parameters = parsed.value.resource;
  if (!isType(parameters, 'Parameters'))
    return failure(issue('fhirpath-patch-malformed', { index: 0, part: 'Parameters' }));
  const patch = readPathPatch(parameters);
  return patch.ok ? applyPathPatch<Movable>(before, patch.value) : patch;
}

const fhirTypes: readonly string[] = ['application/fhir+json', 'application/fhir+xml'];

/** Media types of a patch (https://hl7.org/fhir/R4/http.html#patch). */
export const patchFormats: readonly string[] = ['application/json-patch+json', ...fhirTypes];

function replaced(before: Movable, received: Received, settings: WriteSettings): Result<Requested> {
  const parsed = parseWrite(received, settings, before);
  return parsed.ok ? success({ after: parsed.value.resource }) : parsed;
}

/**
 * $transition: a move without JSON Patch. Parameters: `status` (code); `reason` and `businessStatus` (a code of the
 * gateway's code systems, a CodeableConcept, or words); `outcome` (CodeableConcept or string) and `alternative` (Reference or
 * string: another possible provider), which become outputs of the Task; `answer` (QuestionnaireResponse).
 */
function transitioned(before: Movable, received: Received, settings: WriteSettings): Result<Requested> {
  const parsed = parseWrite(received, settings);
  if (!parsed.ok) return parsed;
  const parameters = parsed.value.resource;
  if (!isType(parameters, 'Parameters'))
    return failure(issue('transition-parameters-invalid', { parameters: parameterNames.join(', ') }));
  const values = parametersByName(parameters);
  if (!values)
    return failure(
      issue(
        'transition-parameters-invalid',
        { parameters: parameterNames.join(', ') },
        { expression: 'Parameters.parameter' },
      ),
    );
  const status = values.get('status')?.valueCode;
  const reason = conceptOf(values.get('reason'), 'status-reason');
  const moved = { ...before, ...(status ? { status } : {}) } as Movable;
  if (moved.resourceType === 'ServiceRequest') return success({ after: moved, ...(reason ? { reason } : {}) });
  const businessStatus = conceptOf(values.get('businessStatus'), 'business-status');
  const answer = values.get('answer')?.resource;
  const outputs = [values.get('outcome'), values.get('alternative')].flatMap((it) => (it ? [outputOf(it)] : []));
  return success({
    after: {
      ...moved,
      ...(reason ? { statusReason: reason } : {}),
      ...(businessStatus ? { businessStatus } : {}),
      ...(outputs.length ? { output: [...(moved.output ?? []), ...outputs] } : {}),
    },
    ...(answer ? { answer } : {}),
  });
}

/** The value that each parameter may have. */
const parameterValues: Readonly<Record<string, readonly string[]>> = {
  status: ['valueCode'],
  reason: ['valueCode', 'valueCodeableConcept', 'valueString'],
  businessStatus: ['valueCode', 'valueCodeableConcept', 'valueString'],
  outcome: ['valueCodeableConcept', 'valueString'],
  alternative: ['valueReference', 'valueString'],
  answer: ['resource'],
};
const parameterNames: readonly string[] = Object.keys(parameterValues);

/** At least one parameter, each at most once and with one value of its type; otherwise undefined. */
function parametersByName({ parameter }: Parameters): ReadonlyMap<string, ParametersParameter> | undefined {
  if (!Array.isArray(parameter) || parameter.length === 0 || !parameter.every(isParameter)) return undefined;
  const values = new Map(parameter.map((it) => [it.name, it]));
  return values.size === parameter.length ? values : undefined;
}

function isParameter(it: ParametersParameter | null): boolean {
  if (typeof it !== 'object' || it === null || !Object.hasOwn(parameterValues, it.name ?? '')) return false;
  const [value, ...more] = Object.keys(it).filter((name) => /^(value|resource|part)/.test(name));
  if (value === undefined || more.length > 0 || !parameterValues[it.name]!.includes(value)) return false;
  const content: unknown = it[value as 'valueCode'];
  const isText = value === 'valueCode' || value === 'valueString';
  return isText ? typeof content === 'string' && content !== '' : typeof content === 'object' && content !== null;
}

function conceptOf(it: ParametersParameter | undefined, system: string): CodeableConcept | undefined {
  const code = it?.valueCode;
  if (it?.valueString) return { text: it.valueString };
  return code ? { coding: [{ system: mgnCodeSystem(system), code }] } : it?.valueCodeableConcept;
}

function outputOf({ name, ...it }: ParametersParameter): NonNullable<Task['output']>[number] {
  const { valueCodeableConcept, valueReference, valueString = '' } = it;
  return {
    type: { text: name === 'outcome' ? 'Outcome' : 'Alternative' },
    ...(valueCodeableConcept ? { valueCodeableConcept } : valueReference ? { valueReference } : { valueString }),
  };
}
