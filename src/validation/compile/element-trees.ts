import type { StructureDefinition } from '@medplum/fhirtypes';
import { type Node, treeOf } from '../../definitions/element-tree.ts';
import type { Definitions } from '../../definitions/registry.ts';
import { withSnapshot } from '../../definitions/snapshot.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { coreUrl } from '../values/type-of-url.ts';

/** The definitions that plans are compiled from. */
export type CompileContext = {
  readonly definitions: Definitions;
  /** Element trees by `url|version`: a profile is read again by each profile that refers to it. */
  readonly trees: Map<string, Node>;
};

export const structureOf = ({ definitions }: CompileContext, canonical: string): StructureDefinition | undefined =>
  definitions.find('StructureDefinition', canonical);

/** The elements of a profile or type as a tree. Throws a ProfileError when no snapshot can be generated. */
export function treeOfProfile({ definitions, trees }: CompileContext, definition: StructureDefinition): Node {
  const key = `${definition.url}|${definition.version ?? ''}`;
  const cached = trees.get(key);
  if (cached) return cached;
  try {
    const tree = treeOf(withSnapshot(definitions, definition).snapshot?.element ?? []);
    trees.set(key, tree);
    return tree;
  } catch (error) {
    throw new ProfileError(definition.url ?? '', definition.type ?? '', (error as Error).message);
  }
}

/** The tree of a type of R4: `Patient`, `HumanName`. */
export function treeOfType(context: CompileContext, type: string): Node | undefined {
  const definition = structureOf(context, coreUrl + type);
  return definition && treeOfProfile(context, definition);
}
