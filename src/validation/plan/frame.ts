import type { ParsedReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Environment } from '../../fhirpath/index.ts';

/** A resource and what surrounds it: its container, its Bundle. */
export type Frame = {
  readonly resource: Resource;
  /** The resource that contains this one, or itself: where `#id` is looked up. */
  readonly root: Resource;
  readonly parent: Frame | undefined;
  /** fullUrl of the entry that holds it. */
  readonly fullUrl: string | undefined;
  /** How deep the way was when this resource began; extension contexts look no higher. */
  readonly depth: number;
  /** What invariants of this resource may ask; made when the first one runs. */
  environment?: Environment;
};

export type Target = {
  /** As far as the text tells, or the resource itself. */
  readonly type: string | undefined;
  readonly resource?: Resource;
  readonly frame?: Frame;
  readonly where: 'contained' | 'bundled' | 'outside';
  readonly form: ParsedReference['kind'];
  readonly ambiguous?: boolean;
};

export type Reached = { readonly frame: Frame; readonly text: string; readonly target: Target };
