import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, isError, issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { CompiledMap } from '../mapping/index.ts';
import type { KindName } from './kinds.ts';

/**
 * A shape in which a message may come in: how to tell it, and how it becomes the gateway's own. Each form is of a kind
 * (kinds.ts), and several forms may be of one: a referral comes as the gateway's own Bundle or as the ELZ one.
 *
 * To take in a new kind of message: write a `Kind` (kind.ts; referral.ts is the smallest) in a file of its own, name it
 * in kinds.ts, and give it a form in mappings/intake.yaml with its `kind`, and a `map` where it does not come as the
 * graph that the kind wants. A map gives a Bundle whose references are the source's own; exchange.ts then looks up what they
 * name at this gateway (`known`), gives ids, validates against the kind's profiles, and asks the kind in turn to `check`,
 * `route` and `share`. What a message changes of what was there before, the kind gives as `changes` beside its new graph.
 */
export type Form = {
  readonly id: string;
  readonly kind: KindName;
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

/** The message as a Bundle that holds the graph of its kind; references still are the sender's. */
export function toGraph(form: Form, resource: Resource, seed: string): Result<Bundle> {
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
