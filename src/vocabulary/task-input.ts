import type { Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';

/** Life domains (`system|code`) that a Task names in its inputs. */
export const lifeDomainsOf = ({ input = [] }: Task): string[] =>
  input
    .filter(({ type }) =>
      type.coding?.some(({ system, code }) => system === mgnCodeSystem('task-input') && code === 'life-domain'),
    )
    .flatMap(({ valueCodeableConcept: it }) => it?.coding ?? [])
    .map(({ system, code }) => `${system}|${code}`);
