import type { StructureMap } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import type { CompiledMap } from '../../mapping/index.ts';

/** A map that partners may read and run, under /fhir/StructureMap. */
export type PublishedMap = {
  readonly id: string;
  /** Path below the folder of maps. */
  readonly path: string;
  readonly map: CompiledMap;
  readonly structureMap: StructureMap & { readonly id: string };
  /** Logical models that it uses. */
  readonly definitions: readonly Resource[];
};
