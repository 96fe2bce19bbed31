import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import { mgnExtension } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Message } from '../../store/port.ts';
import { asSeenBy } from './as-seen.ts';

type Place = Parameters<typeof asSeenBy>[0];

/**
 * Outcome for a request that is sent again: it contains the first answer, as far as its sender may read it now. Without
 * `#first-answer` its right to read has ended.
 */
export async function duplicateOutcome(place: Place, partner: Partner, earlier: Message): Promise<OperationOutcome> {
  const outcome = operationOutcome([issue('duplicate', {})]);
  const first = await readableNow(place, partner, parseJson(earlier.answer.body));
  if (!first) return outcome;
  return {
    ...outcome,
    contained: [{ ...first, id: 'first-answer' } as NonNullable<OperationOutcome['contained']>[number]],
    extension: [{ url: mgnExtension('first-answer'), valueReference: { reference: '#first-answer' } }],
  };
}

/** A partner's own, whatever happens to a journey. */
const own: readonly string[] = ['Subscription', 'HealthcareService'];

/** A version of a resource as it is read now; any other answer has no content. */
async function readableNow(place: Place, partner: Partner, first: Resource): Promise<Resource | undefined> {
  const { resourceType, id, meta } = first as Resource & {
    readonly id?: string;
    readonly meta?: { readonly versionId?: string };
  };
  if (!id || !meta?.versionId || own.includes(resourceType)) return first;
  const seen = await asSeenBy(place, partner).vread(resourceType, id, Number(meta.versionId), partner.id);
  return seen && parseJson(seen.text);
}
