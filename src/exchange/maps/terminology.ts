import type { StructureDefinition } from '@medplum/fhirtypes';
import { type Definitions, openDefinitions } from '../../definitions/registry.ts';
import { terminologyOf } from '../../definitions/value-sets.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { MapTerminology } from '../../mapping/index.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** The value sets of these definitions and the bindings of R4, for maps. Opened when a map first asks. */
export function mapTerminology(open: () => Definitions): () => MapTerminology {
  let opened: MapTerminology | undefined;
  return () => {
    opened ??= over(open());
    return opened;
  };
}

/** Whether a definition is content for value sets. */
export const isContent = ({ resourceType }: Resource): boolean =>
  resourceType === 'ValueSet' || resourceType === 'CodeSystem';

/** The value sets of R4 and of these packages, opened once, and those among the definitions that come with a map. */
export function terminologyFor(
  packages: readonly string[],
): (definitions: readonly Resource[]) => () => MapTerminology {
  const shared = mapTerminology(() => openDefinitions({ packages }));
  return (definitions) =>
    definitions.some(isContent) ? mapTerminology(() => openDefinitions({ packages, definitions })) : shared;
}

function over(definitions: Definitions): MapTerminology {
  const { valueSet } = terminologyOf(definitions);
  const bindings = new Map<string, ReadonlyMap<string, string>>();
  const bindingsOf = (type: string): ReadonlyMap<string, string> => {
    const cached = bindings.get(type);
    if (cached) return cached;
    const found = requiredBindings(definitions.find('StructureDefinition', core + type));
    bindings.set(type, found);
    return found;
  };
  return {
    valueSet,
    valueSets: () => definitions.entries('ValueSet').map(({ url }) => url),
    requiredBy: (type, element) => bindingsOf(type.replace(/\..*$/, '')).get(`${type}.${element}`),
  };
}

const requiredBindings = (definition: StructureDefinition | undefined): ReadonlyMap<string, string> =>
  new Map(
    (definition?.snapshot?.element ?? []).flatMap(({ path = '', binding }) =>
      binding?.strength === 'required' && binding.valueSet !== undefined
        ? [[path.replace('[x]', ''), binding.valueSet] as const]
        : [],
    ),
  );
