import type { StructureDefinition } from '@medplum/fhirtypes';
import { isA as isR4, type TypeModel, typeModel, typeNames } from '../../fhir/model.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Structure } from '../syntax/tree.ts';
import { type LogicalModel, logicalModels } from './logical-model.ts';

/** The types that a variable or element may have; undefined when they cannot be determined. */
export type PossibleTypes = readonly string[] | undefined;

/** The types available to one map: R4, the definitions of CompileOptions, and its own aliases. */
export type Types = {
  /** The full name of a type, alias or url as written in a map; undefined when there is no such type. */
  readonly nameOf: (written: string) => string | undefined;
  readonly model: (name: string) => TypeModel | undefined;
  readonly logical: (name: string) => LogicalModel | undefined;
  readonly isA: (name: string, ancestor: string) => boolean;
  readonly isPrimitive: (name: string) => boolean;
  /** Candidates for a suggestion. */
  readonly names: () => Iterable<string>;
};

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Logical models and profiles of a set of definitions, indexed once per compilation. */
export type Definitions = {
  readonly logical: ReadonlyMap<string, LogicalModel>;
  /** Url of a profile -> the type that it constrains. */
  readonly profiles: ReadonlyMap<string, string>;
};

export function definitionsOf(resources: readonly Resource[]): Definitions {
  const structures = resources.filter(
    (it): it is Resource & StructureDefinition => it.resourceType === 'StructureDefinition',
  );
  const profiles = structures
    .filter((it) => it.derivation === 'constraint')
    .map(({ url, type }) => [url, type] as const);
  return {
    logical: logicalModels(structures.filter((it) => it.derivation !== 'constraint')),
    profiles: new Map(profiles),
  };
}

export function typesOf(structures: readonly Structure[], { logical, profiles }: Definitions): Types {
  const aliases = new Map<string, string>();
  const fullName = (url: string): string | undefined => {
    if (logical.has(url)) return url;
    const type = profiles.get(url) ?? (url.startsWith(core) ? url.slice(core.length) : undefined);
    return type !== undefined && typeModel(type) ? type : undefined;
  };
  for (const { url, alias } of structures) {
    const name = fullName(url);
    if (name === undefined) continue;
    if (alias) aliases.set(alias, name);
    aliases.set(url.replace(/^.*\//, ''), name);
  }
  // Looked up for each value that is written: cached by name.
  const found = new Map<string, TypeModel | undefined>();
  const model = (name: string): TypeModel | undefined => {
    const cached = found.get(name);
    if (cached !== undefined || found.has(name)) return cached;
    const resolved = logical.get(name)?.types.get(name) ?? nested(name) ?? typeModel(name);
    found.set(name, resolved);
    return resolved;
  };
  const nested = (name: string): TypeModel | undefined => {
    const root = name.indexOf('#');
    return root < 0 ? undefined : logical.get(name.slice(0, root))?.types.get(name);
  };
  const isA = (name: string, ancestor: string): boolean => {
    if (name === ancestor) return true;
    if (!name.includes('/')) return isR4(name, ancestor);
    for (let at: string | undefined = name; at; at = model(at)?.base) if (at === ancestor) return true;
    return false;
  };
  return {
    nameOf: (written) => aliases.get(written) ?? (model(written) ? written : fullName(written)),
    model,
    logical: (name) => logical.get(name.replace(/#.*$/, '')),
    isA,
    isPrimitive: (name) => model(name)?.kind === 'primitive-type',
    names: () => [...aliases.keys(), ...typeNames()],
  };
}

/** The name of a type in a message to the author: `ClinicalDocument` for its url. */
export const shortName = (name: string): string => name.replace(/^.*\/([^/#]+)/, '$1');

export const describeTypes = (types: PossibleTypes): string => {
  if (!types) return 'anything';
  const shown = types.slice(0, 4).map(shortName).join(' or ');
  return types.length > 4 ? `${shown} or ${types.length - 4} other types` : shown;
};
