import type { Authenticate } from '../../access/index.ts';
import type { MessageLine } from '../../audit/message-line.ts';
import type { RefusedLogins } from '../../audit/refused-logins.ts';
import type { Permitting } from '../../consent-source/index.ts';
import type { CurrentNetwork, Network } from '../../directory/index.ts';
import type { ProofContext } from '../../disclosure/index.ts';
import type { Ranking, Routes } from '../../routing/index.ts';
import type { Store } from '../../store/port.ts';
import type { Terminology } from '../../terminology/index.ts';
import type { Validator } from '../../validation/index.ts';
import type { World } from '../../world.ts';
import type { Form } from '../maps/forms.ts';
import type { HeavyWork } from '../maps/heavy-work.ts';
import type { Outgoing } from '../maps/outgoing.ts';
import type { PublishedMap } from '../maps/published-map.ts';
import type { TaskCodes } from '../maps/task-codes.ts';
import type { BodyBudget } from '../reading/body-budget.ts';

/** Value of Retry-After, in seconds, when the gateway can't accept a message now. */
export const retryAfterSeconds = 10;

/** Graphs not validated again (sent with the same content), validated as a sample, and of those not conformant: counts. */
export type SecondValidations = { omitted: number; sampled: number; differed: number };

/**
 * Everything that an exchange needs, composed by main.ts and compiled at start. Only the directory changes while it
 * runs: `network` is the snapshot of this moment. Read it once per decision.
 */
export type Gateway = Permitting & {
  readonly network: Network;
  readonly living: CurrentNetwork;
  readonly authenticate: Authenticate;
  readonly validator: Validator;
  /** Answers the questions that the validator can't answer from the loaded definitions. */
  readonly terminology: Terminology;
  readonly forms: readonly Form[];
  /** Reads codes of other drafts in a Task that comes in or is moved. */
  readonly taskCodes: TaskCodes;
  /** All maps of the network, those of the forms among them. */
  readonly maps: readonly PublishedMap[];
  /** Maps that create the messages of the gateway itself. */
  readonly outgoing: Outgoing;
  readonly routes: Routes;
  /** Ranking of services for a transfer (overdracht). */
  readonly ranking: Ranking;
  readonly store: Store;
  readonly world: World;
  /** Counts of a running gateway. A dry run has none, and validates every graph. */
  readonly secondValidations?: SecondValidations;
  /** Digest of profiles, maps, routes and network; part of every stored decision. */
  readonly configuration: string;
  /** Refused logins, counted instead of recorded one by one. */
  readonly refusedLogins: RefusedLogins;
  /** The bytes of all request bodies. */
  readonly bodies: BodyBudget;
  /** New messages are refused while more dispatches than `waiting` wait for delivery. */
  readonly admission: { readonly waiting: number; readonly isOverloaded: () => Promise<boolean> };
  /** Work of partners that may take long. */
  readonly heavy: HeavyWork;
  /** Signs proofs of disclosures, with a new key for the leaves of each message. */
  readonly proof: Pick<ProofContext, 'signer'> & { readonly newKey: () => Uint8Array };
  /** Writes the line of a message that was accepted or refused. */
  readonly log: (line: MessageLine) => void;
  /** Reports a fault of the gateway itself to its operator. */
  readonly report: (fault: unknown, where: string) => void;
};

/** The part of a gateway that decides without a store: all that `explain` needs. */
export type DecisionContext = Omit<
  Gateway,
  'living' | 'store' | 'authenticate' | 'refusedLogins' | 'bodies' | 'admission' | 'heavy' | 'log' | 'report' | 'proof'
>;
