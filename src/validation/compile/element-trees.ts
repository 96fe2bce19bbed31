/** What a validator knows, and what it has compiled of it so far. */
import type { ImplementationGuide, StructureDefinition } from '@medplum/fhirtypes';
import { type Node, treeOf } from '../../definitions/element-tree.ts';
import type { Definitions } from '../../definitions/registry.ts';
import { withSnapshot } from '../../definitions/snapshot.ts';
import type { Terminology } from '../../definitions/value-sets.ts';
import type { TypePlan } from '../run/check-type.ts';
import type { ExtensionPlan } from '../run/extension.ts';
import type { ProfilePlan } from './profile.ts';

export type Policy = {
  /** What an extension is whose definition is not loaded. */
  readonly unknownExtensions: 'ignore' | 'information' | 'warning' | 'error';
  /** URLs on hosts reserved for examples (example.org): meant for tests, suspect in messages. */
  readonly exampleUrls: 'allow' | 'error';
  /** Whether contained resources are held against their own types. */
  readonly contained: 'check' | 'ignore';
  /** Every http reference is taken to be that of a FHIR server, so its type must be one of R4. */
  readonly restfulReferences: boolean;
  /** Code systems and value sets (canonicals) whose codes are not checked, each with who waived it. */
  readonly waive: ReadonlyMap<string, string>;
};

export type Knowledge = {
  readonly definitions: Definitions;
  readonly terminology: Terminology;
  readonly policy: Policy;
  readonly types: Map<string, TypePlan>;
  readonly profiles: Map<string, ProfilePlan>;
  readonly extensions: Map<string, ExtensionPlan>;
  readonly trees: Map<string, Node>;
  /** By type; the empty name when they were gathered. */
  readonly globals: Map<string, readonly string[]>;
};

const coreUrl = 'http://hl7.org/fhir/StructureDefinition/';

/** A construct of a profile that cannot be compiled, or a definition that contradicts itself. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly profile: string;
  readonly element: string;
  readonly problem: string;
  constructor(profile: string, element: string, problem: string) {
    super(`${profile}, ${element}: ${problem}`);
    this.profile = profile;
    this.element = element;
    this.problem = problem;
  }
}

export const structureOf = (knowledge: Knowledge, canonical: string): StructureDefinition | undefined =>
  knowledge.definitions.find('StructureDefinition', canonical);

/** The elements of a profile or type as a tree. Throws a ProfileError when its snapshot cannot be made. */
export function treeOfProfile(knowledge: Knowledge, definition: StructureDefinition): Node {
  const key = `${definition.url}|${definition.version ?? ''}`;
  const known = knowledge.trees.get(key);
  if (known) return known;
  try {
    const made = treeOf(withSnapshot(knowledge.definitions, definition).snapshot?.element ?? []);
    knowledge.trees.set(key, made);
    return made;
  } catch (error) {
    throw new ProfileError(definition.url ?? '', definition.type ?? '', (error as Error).message);
  }
}

/** The tree of a type of R4: `Patient`, `HumanName`. */
export function treeOfType(knowledge: Knowledge, type: string): Node | undefined {
  const definition = structureOf(knowledge, coreUrl + type);
  return definition && treeOfProfile(knowledge, definition);
}

/** The type of R4 that the canonical of a specialization names. */
export const typeOfUrl = (url: string): string | undefined =>
  url.startsWith(coreUrl) ? url.slice(coreUrl.length).split('|')[0] : undefined;

/** Profiles that a loaded implementation guide asks of every resource of a type (ImplementationGuide.global). */
export function globalProfiles({ definitions, globals }: Knowledge, type: string): readonly string[] {
  if (!globals.has('')) {
    globals.set('', []);
    for (const entry of definitions.entries('ImplementationGuide'))
      for (const it of (entry.read() as ImplementationGuide).global ?? [])
        if (it.type && it.profile) globals.set(it.type, [...(globals.get(it.type) ?? []), it.profile]);
  }
  return globals.get(type) ?? [];
}
