import type { StructureDefinition } from '@medplum/fhirtypes';
import { isA as isR4, type TypeModel, typeModel, typeNames } from '../../fhir/model.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Structure } from '../syntax/tree.ts';
import { bareUrl } from './logical-elements.ts';
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
  /** The urls that `uses` may name, as candidates for a suggestion. */
  readonly urls: () => Iterable<string>;
  /** The declarations whose model is not loaded. */
  readonly unknown: readonly Structure[];
  /** Whether a name is that of a model that is not loaded: its uses are no errors of their own. */
  readonly isUnknown: (written: string) => boolean;
};

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Logical models and profiles of a set of definitions, indexed once per compilation. */
export type Definitions = {
  readonly logical: ReadonlyMap<string, LogicalModel>;
  /** Url of a profile -> the type that it constrains. */
  readonly profiles: ReadonlyMap<string, string>;
};

export function definitionsOf(resources: readonly Resource[]): Definitions {
  const structures = resources
    .filter((it): it is Resource & StructureDefinition => it.resourceType === 'StructureDefinition')
    .filter(({ url = '' }) => coreType(url) === undefined);
  const byUrl = new Map(structures.map((it) => [it.url, it]));
  const models = structures.filter((it) => it.derivation !== 'constraint' || isLogical(it, byUrl));
  const profiles = structures.filter((it) => !models.includes(it)).map(({ url, type }) => [url, type] as const);
  return { logical: logicalModels(models), profiles: new Map(profiles) };
}

/** Whether a constraint narrows a logical model: by its kind or, where that is not stated, by its base. */
function isLogical(definition: StructureDefinition, byUrl: ReadonlyMap<string, StructureDefinition>): boolean {
  const seen = new Set<StructureDefinition>();
  for (let at: StructureDefinition | undefined = definition; at && !seen.has(at); ) {
    if (at.kind === 'logical' || (at.derivation !== 'constraint' && at !== definition)) return true;
    seen.add(at);
    at = byUrl.get(bareUrl(at.baseDefinition ?? ''));
  }
  return false;
}

/** The type of R4 with this canonical, which may name the version: `.../StructureDefinition/Patient|4.0.1`. */
function coreType(url: string): string | undefined {
  const name = /^http:\/\/hl7\.org\/fhir\/(?:4\.0\/)?StructureDefinition\/(\w+)(?:\|4\.0(?:\.\d)?)?$/.exec(url)?.[1];
  const type = name === 'SimpleQuantity' || name === 'MoneyQuantity' ? 'Quantity' : name;
  return type !== undefined && typeModel(type) ? type : undefined;
}

export function typesOf(structures: readonly Structure[], { logical, profiles }: Definitions): Types {
  const fullName = (canonical: string): string | undefined => {
    const [url = '', version] = canonical.split('|');
    const own = logical.get(url);
    if (own)
      return version === undefined || own.version === undefined || isVersion(own.version, version) ? url : undefined;
    const type = profiles.get(url) ?? coreType(canonical);
    return type !== undefined && typeModel(type) ? type : undefined;
  };
  const aliases = aliasesOf(structures, fullName);
  // Looked up for each value that is written: cached by name.
  const found = new Map<string, TypeModel | undefined>();
  const model = (name: string): TypeModel | undefined => {
    const cached = found.get(name);
    if (cached !== undefined || found.has(name)) return cached;
    const resolved = logical.get(name)?.types.get(name) ?? nested(name) ?? typeModel(name);
    found.set(name, resolved);
    return resolved;
  };
  /** `Alias.part`: a type nested in a model. */
  const partOf = (written: string): string | undefined => {
    const [name = '', ...steps] = written.split('.');
    const type = steps.length === 0 ? undefined : aliases.get(name);
    const root = type === undefined ? undefined : logical.get(type)?.name;
    const part = [root === undefined ? type : `${type}#${root}`, ...steps].join('.');
    return type !== undefined && model(part) ? part : undefined;
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
    nameOf: (written) => {
      if (aliases.has(written)) return aliases.get(written);
      return model(written) ? written : (fullName(written) ?? partOf(written));
    },
    model,
    logical: (name) => logical.get(name.replace(/#.*$/, '')),
    isA,
    isPrimitive: (name) => model(name)?.kind === 'primitive-type',
    names: () => [...aliases.keys(), ...typeNames()],
    urls: () => [...logical.keys(), ...profiles.keys(), ...typeNames().map((name) => core + name)],
    unknown: structures.filter(({ url }) => fullName(url) === undefined),
    isUnknown: (written) => aliases.has(written) && aliases.get(written) === undefined,
  };
}

/**
 * What a name means in a map: first the aliases, in the order of their declaration, then the last part of a url without an
 * alias, then that of one with an alias. The name of a model that is not loaded means nothing: it never becomes R4's.
 */
function aliasesOf(
  structures: readonly Structure[],
  fullName: (url: string) => string | undefined,
): ReadonlyMap<string, string | undefined> {
  const aliases = new Map<string, string | undefined>();
  const add = (name: string, url: string): void => {
    if (!aliases.has(name)) aliases.set(name, fullName(url));
  };
  const lastPart = (url: string): string => bareUrl(url).replace(/^.*\//, '');
  for (const { url, alias } of structures) if (alias !== undefined) add(alias, url);
  for (const { url, alias } of structures) if (alias === undefined) add(lastPart(url), url);
  for (const { url, alias } of structures)
    if (alias !== undefined && fullName(url) !== undefined) add(lastPart(url), url);
  return aliases;
}

const isVersion = (loaded: string, wanted: string): boolean => loaded === wanted || loaded.startsWith(`${wanted}.`);

/** The name of a type in a message to the author: `ClinicalDocument` for its url, `REF.DG1` for a part of a model. */
export const shortName = (name: string): string => name.replace(/^.*[/#]/, '');

export const describeTypes = (types: PossibleTypes): string => {
  if (!types) return 'anything';
  const shown = types.slice(0, 4).map(shortName).join(' or ');
  return types.length > 4 ? `${shown} or ${types.length - 4} other types` : shown;
};
