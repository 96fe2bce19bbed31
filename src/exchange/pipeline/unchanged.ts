import type { Resource } from '../../fhir/resource.ts';
import type { CommitPlan } from './commit.ts';

/** A request that changes nothing is answered with the present version: no version is stored, nobody is notified. */
export const unchanged = (
  interaction: string,
  body: Resource & { readonly id?: string | undefined },
  version: number,
): CommitPlan => ({
  interaction,
  action: 'U',
  body,
  location: `${body.resourceType}/${body.id}`,
  version,
  steps: [],
  changes: [],
  dispatches: () => [],
  codes: [],
});
