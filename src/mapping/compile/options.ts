import type { ConceptMap } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import type { Hl7Message } from '../hl7/message.ts';
import type { Table } from '../tables/table.ts';
import type { MapTerminology } from '../types/terminology.ts';

export type CompileOptions = {
  /** StructureDefinitions beyond R4's own: profiles and logical models. */
  readonly definitions?: readonly Resource[];
  readonly conceptMaps?: readonly ConceptMap[];
  /** Tables of `readTable`; `translate` refers to them by name. */
  readonly tables?: readonly Table[];
  /** HL7 v2 messages that the map may read or write. */
  readonly hl7Messages?: readonly Hl7Message[];
  /**
   * What decides `memberOf()`, and whether a fixed code is one that its element requires; called when a map first needs it.
   * Without it, `memberOf()` does not compile.
   */
  readonly terminology?: () => MapTerminology;
  /** Warnings are errors: the map does not compile with one. */
  readonly strict?: boolean;
};
