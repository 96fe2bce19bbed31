import type { Bundle } from '@medplum/fhirtypes';
import { mgnNaming } from '../../fhir/canonical.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type Result, success } from '../../fhir/result.ts';
import { hasSameContent } from '../../fhir/same-content.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { validateOwn } from '../pipeline/judge.ts';

/** The message as sent, with the profiles to which it conformed without any tolerance. */
export type ValidatedAsSent = { readonly message: Resource; readonly profiles: readonly string[] };

/** Of so many graphs that need no second validation one is validated all the same. */
const sampled = 100;

/**
 * Validates the graph in which the message was adopted against the profiles of its kind. That is omitted when the message
 * conformed to them as sent and its content is the same (test/exchange/validate-adopted.test.ts), but for one in a hundred.
 * When that one does not conform the message is refused and counted (`/readyz`), and nothing is omitted any more.
 */
export async function validateAdopted(
  context: DecisionContext,
  sent: ValidatedAsSent | undefined,
  adopted: Bundle,
  profiles: readonly string[],
): Promise<Result<Bundle>> {
  const counts = context.secondValidations;
  const isProven =
    counts?.differed === 0 &&
    sent &&
    profiles.every((it) => sent.profiles.includes(it)) &&
    hasSameContent(sent.message, adopted, mgnNaming('resource'));
  if (!isProven) return validateOwn(context, adopted, profiles);
  if ((counts.omitted + counts.sampled) % sampled > 0) {
    counts.omitted += 1;
    return success(adopted);
  }
  counts.sampled += 1;
  const validated = await validateOwn(context, adopted, profiles);
  if (!validated.ok) counts.differed += 1;
  // an answer is the same whether or not it was the one in a hundred
  return validated.ok ? success(adopted) : validated;
}
