import type { StructureMap } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import type { CompiledMap } from '../../mapping/index.ts';
/** A map as partners may read and try it, under /fhir/StructureMap. */
export type PublishedMap = {
  readonly id: string;
  /** File, below the folder of maps. */
  readonly path: string;
  readonly map: CompiledMap;
  readonly structureMap: StructureMap & { readonly id: string };
  /** The models that it speaks of. */
  readonly definitions: readonly Resource[];
};
