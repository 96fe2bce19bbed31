import type { Resource } from '../../fhir/resource.ts';
import type { Permissions } from '../projection/filter.ts';
import type { MessageProjection } from '../projection/projection.ts';
import type { DecidingGrounds } from './grounds-noted.ts';

/** A resource that the lines of a projection were applied to. */
export type Judged = {
  readonly source: Resource;
  /** What goes out of it, possibly under another id; absent: nothing. */
  readonly output?: Resource | undefined;
  readonly by: MessageProjection;
  readonly permissions: Permissions;
};

/** What decided on a disclosure: for its receipt, and for who asks beforehand (`$project`). */
export type Evidence = {
  /** Resources that are not among these were withheld as a whole, for the reason in the receipt. */
  readonly judged: readonly Judged[];
  readonly grounds: DecidingGrounds;
};
