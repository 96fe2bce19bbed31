import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import { mgnExtension } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Message } from '../../store/port.ts';
import { asSeenBy } from '../memory/as-seen.ts';
import type { Answer } from '../pipeline/answer.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/**
 * Answer to a request that is sent again: nothing is done, and the outcome contains the first answer, as far as its sender
 * may read it now. Without `#first-answer` its right to read has ended.
 */
export async function duplicateAnswer(
  gateway: Pick<Gateway, 'store' | 'network'>,
  partner: Partner,
  earlier: Message,
): Promise<Answer> {
  const issues = [issue('duplicate', {})];
  const first = await readableNow(gateway, partner, parseJson(earlier.answer.body));
  const body: OperationOutcome = {
    ...operationOutcome(issues),
    ...(first
      ? {
          contained: [{ ...first, id: 'first-answer' } as NonNullable<OperationOutcome['contained']>[number]],
          extension: [{ url: mgnExtension('first-answer'), valueReference: { reference: '#first-answer' } }],
        }
      : {}),
  };
  return { kind: 'refused', issues, body, steps: [] };
}

/** A partner's own, whatever happens to a journey. */
const own: readonly string[] = ['Subscription', 'HealthcareService'];

/** A version of a resource as it is read now; any other answer has no content. */
async function readableNow(
  { store, network }: Pick<Gateway, 'store' | 'network'>,
  partner: Partner,
  first: Resource,
): Promise<Resource | undefined> {
  const { resourceType, id, meta } = first as Resource & {
    readonly id?: string;
    readonly meta?: { readonly versionId?: string };
  };
  if (!id || !meta?.versionId || own.includes(resourceType)) return first;
  const seen = await asSeenBy({ store, network }, partner).vread(resourceType, id, Number(meta.versionId), partner.id);
  return seen && parseJson(seen.text);
}
