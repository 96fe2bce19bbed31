import type { Authenticate } from '../../access.ts';
import type { RefusedLogins } from '../../audit/refused-logins.ts';
import type { CurrentNetwork, Network } from '../../directory/index.ts';
import type { Ranking, Routes } from '../../routing/index.ts';
import type { Store } from '../../store/port.ts';
import type { Terminology } from '../../terminology/index.ts';
import type { Validator } from '../../validation/index.ts';
import type { World } from '../../world.ts';
import type { Form } from '../maps/forms.ts';
import type { Outgoing } from '../maps/outgoing.ts';
import type { PublishedMap } from '../maps/published-map.ts';
import type { BodyBudget } from '../reading/body-budget.ts';

/** What a sender is told to wait when the gateway can't take its message now. */
export const retryAfterSeconds = 10;

/**
 * Everything an exchange needs, composed by main.ts and compiled at start. Only the directory moves on while it runs:
 * `network` is the snapshot of this moment, and who decides something takes it once.
 */
export type Gateway = {
  readonly network: Network;
  readonly living: CurrentNetwork;
  readonly authenticate: Authenticate;
  readonly validator: Validator;
  /** Asked what the validator cannot answer from what is loaded. */
  readonly terminology: Terminology;
  readonly forms: readonly Form[];
  /** All maps of the network, those of the forms among them. */
  readonly maps: readonly PublishedMap[];
  /** The maps by which the gateway makes what it gives. */
  readonly outgoing: Outgoing;
  readonly routes: Routes;
  /** How places for a transfer are ranked. */
  readonly ranking: Ranking;
  readonly store: Store;
  readonly world: World;
  /** Digest of profiles, maps, routes and network: every stored decision names it. */
  readonly configuration: string;
  /** Logins that were refused, counted instead of recorded one by one. */
  readonly refusedLogins: RefusedLogins;
  /** The bytes of all request bodies. */
  readonly bodies: BodyBudget;
  /** No new message is taken in while more than this many wait for delivery. */
  readonly admission: { readonly waiting: number };
  /** A fault of the gateway itself, for its operator. */
  readonly report: (fault: unknown, where: string) => void;
};

/** The part of a gateway that decides without remembering: what `explain` needs. */
export type DecisionContext = Omit<
  Gateway,
  'living' | 'store' | 'authenticate' | 'refusedLogins' | 'bodies' | 'admission' | 'report'
>;
