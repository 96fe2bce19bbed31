import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, isError, issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { CompiledMap } from '../mapping/index.ts';

/** A shape in which a referral may come in: how to tell it, and how it becomes the gateway's own. */
export type Form = {
  readonly id: string;
  readonly recognises: (resource: Resource) => boolean;
  /** Profiles that the message must meet as it came in, besides those it names itself. */
  readonly profiles: readonly string[];
  /** Absent when the form already is the gateway's profile. */
  readonly map?: CompiledMap;
};

export type Source = 'gateway-profile' | 'mapped';
export const sourceOf = (form: Form): Source => (form.map ? 'mapped' : 'gateway-profile');

export function recogniseForm(forms: readonly Form[], resource: Resource): Result<Form> {
  const form = forms.find((it) => it.recognises(resource));
  return form ? success(form) : failure(issue('form-unknown', { forms: forms.map(({ id }) => id).join(', ') }));
}

/** The message as a Bundle that holds the referral graph of the gateway; references still are the sender's. */
export function toReferral(form: Form, resource: Resource, seed: string): Result<Bundle> {
  if (!form.map) return asGraph(resource as Bundle, []);
  const { output, issues } = form.map.run(resource, { seed });
  const told: readonly Issue[] = issues ?? [];
  if (told.some(isError)) return failure(...told);
  return asGraph(output as Bundle, told);
}

/** Transaction and message are ways to send a graph; inside the gateway it is a collection. */
function asGraph(bundle: Bundle, issues: readonly Issue[]): Result<Bundle> {
  const entries = bundle.entry ?? [];
  const wrong = entries.flatMap(({ request }, index) =>
    request && request.method !== 'POST'
      ? [issue('entry-method-unsupported', {}, { expression: `Bundle.entry[${index}].request.method` })]
      : [],
  );
  if (wrong.length) return failure(...wrong);
  const kept = entries.filter(({ resource }) => resource && !isType(resource, 'MessageHeader'));
  return success(
    {
      resourceType: 'Bundle',
      ...(bundle.meta ? { meta: bundle.meta } : {}),
      type: 'collection',
      entry: kept.map(({ fullUrl, resource }) => ({ ...(fullUrl ? { fullUrl } : {}), resource: resource! })),
    },
    issues,
  );
}
