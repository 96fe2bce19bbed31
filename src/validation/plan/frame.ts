import type { ParsedReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Environment } from '../../fhirpath/index.ts';

/** A resource and its surroundings: its container, its Bundle. */
export type Frame = {
  readonly resource: Resource;
  /** The resource that contains this one, or itself: where `#id` is looked up. */
  readonly root: Resource;
  readonly parent: Frame | undefined;
  /** fullUrl of the entry that contains it. */
  readonly fullUrl: string | undefined;
  /** Depth of the run at which this resource starts; extension contexts are matched no higher. */
  readonly depth: number;
  /** Functions that invariants of this resource may call; created with the first one. */
  environment?: Environment;
};

/** The target of a literal reference (https://hl7.org/fhir/R4/references.html#literal). */
export type ReferenceTarget = {
  /** Of the resource, or else as the text of the reference states it. */
  readonly type: string | undefined;
  readonly resource?: Resource;
  readonly frame?: Frame;
  readonly where: 'contained' | 'bundled' | 'outside';
  readonly form: ParsedReference['kind'];
  readonly ambiguous?: boolean;
  /** Found by type and id only, which the rules of Bundles do not provide for. */
  readonly byIdOnly?: boolean;
};

/** The last reference resolved: the rules of one element resolve the same one after another. */
export type ResolvedReference = { readonly frame: Frame; readonly reference: string; readonly target: ReferenceTarget };
