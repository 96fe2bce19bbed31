import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Definitions } from './registry.ts';

/** The definition with a snapshot: its own. Throws when it has none. */
export function withSnapshot(_definitions: Definitions, definition: StructureDefinition): StructureDefinition {
  if (definition.snapshot?.element?.length) return definition;
  throw new Error('it has no snapshot');
}
