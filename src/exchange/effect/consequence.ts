import type { Result } from '../../fhir/result.ts';
import type { Change, Grant, Guard, Revocation, Withdrawal } from '../../store/port.ts';
import type { Effects, OrderGraph } from '../../workflow/index.ts';
import type { VersionedEffect } from '../memory/versioned-effect.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/** A move that the state machine permits, as it will be stored. */
export type Moved = Pick<Effects, 'effects' | 'rule'> & {
  /** The order with its Tasks before the move. */
  readonly graph: OrderGraph;
  /** The effects with the versions under which they will be stored; the first is the resource that was moved. */
  readonly versioned: readonly VersionedEffect[];
  readonly mover: string;
  readonly at: Date;
};

/** Additions of one consequence to the commit of a move. */
export type Consequences = {
  /** Replacements, by id, of the versions that the move itself would store. */
  readonly replaced?: readonly VersionedEffect[];
  readonly changes?: readonly Change[];
  readonly grants?: readonly Grant[];
  readonly revocations?: readonly Revocation[];
  readonly withdrawals?: readonly Withdrawal[];
  readonly guards?: readonly Guard[];
  readonly disclosures?: readonly Disclosure[];
  /** Disclosed after the status of the Tasks: a referrer first sees the Task, then the feedback about it. */
  readonly feedback?: readonly Disclosure[];
};

/** Computes what follows from a move: nothing, more changes and disclosures, or a refusal of the move. */
export type Consequence = (gateway: Gateway, moved: Moved) => Promise<Result<Consequences>>;
