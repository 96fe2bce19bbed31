import type { Bundle } from '@medplum/fhirtypes';
import type { Partner, Role } from '../../directory/index.ts';
import type { Result } from '../../fhir/result.ts';
import type { Decision } from '../../routing/index.ts';
import type { Change, Guard } from '../../store/port.ts';
import type { InputProfile } from '../../vocabulary/input-profile.ts';
import type { LoadedContext } from '../memory/look-up.ts';
import type { Memory } from '../memory/memory.ts';
import type { EndedGround } from '../memory/right-to-read.ts';
import type { Pulled } from '../reading/envelope.ts';
import type { Disclosure } from './disclosure.ts';
import type { DecisionContext } from './gateway.ts';

/** A decision that assigns an owner to a Task. */
export type Assigned = Exclude<Decision, { readonly kind: 'refused' }>;

/** A message on its way in: its resources have ids of the gateway and conform to the profiles of its kind. */
export type Incoming = {
  readonly graph: Bundle;
  /** Resources at the gateway that the message refers to, as far as its sender may read them. */
  readonly loaded: LoadedContext;
  readonly inputProfile: InputProfile;
  readonly partner: Partner;
  readonly at: Date;
  /** The order stays at its placer: this one is a filler order based on it. */
  readonly pulled?: Pulled;
};

/** Destination of a message, what is stored of it, and what is disclosed. */
export type Routed = {
  /** The new resources as they will be stored. */
  readonly graph: Bundle;
  /** Decision on the owner of each new Task; empty for a kind without a request. */
  readonly decisions: readonly Assigned[];
  /** New versions of stored resources, each based on the version that was read. */
  readonly changes?: readonly Change[];
  /** Resources that must not have changed since they were read, though this message does not change them. */
  readonly guards?: readonly Guard[];
  /** Earlier Tasks that this message ends: their owners no longer read what those were about. */
  readonly ended?: readonly EndedGround[];
  /** Disclosures to all parties. The recipient of a resource may also read it at the gateway. */
  readonly disclosures: () => Result<readonly Disclosure[]>;
};

/**
 * One kind of message, in one folder. `About` is what the kind loads from the store before it checks and routes; no
 * other part of the gateway reads it. exchange.ts runs the same steps for all kinds.
 */
export type Kind<About> = Fixed & {
  /** Loads what `check` and `route` depend on. It never refuses: `check` reports what is missing. */
  readonly lookUp: (memory: Memory, incoming: Incoming, context: DecisionContext) => Promise<About>;
  /** Checks the statuses against each other and against the loaded context; may complete the graph. */
  readonly check: (incoming: Incoming, about: About, context: DecisionContext) => Result<Bundle>;
  /** `graph` of the incoming message is what `check` returned. */
  readonly route: (incoming: Incoming, about: About, context: DecisionContext) => Result<Routed>;
};

type Fixed = {
  /** Value of `kind` in the forms of mappings/intake.yaml. */
  readonly name: string;
  /** Roles of which its sender needs one. A sender that only operates the gateway sends nothing. */
  readonly senders: readonly Role[];
  /** Profiles that the graph must conform to once it has the gateway's ids. */
  readonly profiles: readonly string[];
  /** Its sender names each order once: a message with the same name is a resend, or a conflict. */
  readonly isNamedBySender?: true;
  /** References that its `check` requires: it reports one that leads nowhere in its own words, foreign and unknown alike. */
  readonly requires?: (graph: Bundle, base: string) => readonly string[];
  /** Its order may stay at its placer and reach the gateway by a notification (HL7 Clinical Order Workflows). */
  readonly followsPlacer?: true;
};

/** A kind with its own data sealed in: what the registry and the pipeline work with. */
export type MessageKind = Fixed & {
  readonly open: (memory: Memory, incoming: Incoming, context: DecisionContext) => Promise<OpenMessage>;
};

export type OpenMessage = {
  readonly check: () => Result<Bundle>;
  readonly route: (checked: Bundle) => Result<Routed>;
};

export function messageKind<About>({ lookUp, check, route, ...fixed }: Kind<About>): MessageKind {
  return {
    ...fixed,
    open: async (memory, incoming, context) => {
      const about = await lookUp(memory, incoming, context);
      return {
        check: () => check(incoming, about, context),
        route: (graph) => route({ ...incoming, graph }, about, context),
      };
    },
  };
}
