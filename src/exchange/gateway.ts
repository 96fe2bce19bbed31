import type { Authenticate } from '../access.ts';
import type { Network } from '../directory/index.ts';
import type { Routes } from '../routing/index.ts';
import type { Store } from '../store/port.ts';
import type { Validator } from '../validation/index.ts';
import type { World } from '../world.ts';
import type { Form } from './forms.ts';

/** What a sender is told to wait when the gateway can't take its message now. */
export const retryAfterSeconds = 10;

/** Everything an exchange needs, composed by main.ts. Compiled at start; nothing in it changes while it runs. */
export type Gateway = {
  readonly network: Network;
  readonly authenticate: Authenticate;
  readonly validator: Validator;
  readonly forms: readonly Form[];
  readonly routes: Routes;
  readonly store: Store;
  readonly world: World;
  /** Digest of profiles, maps, routes and network: every stored decision names it. */
  readonly configuration: string;
  /** No new message is taken in while more than this many wait for delivery. */
  readonly admission: { readonly waiting: number };
  /** A fault of the gateway itself, for its operator. */
  readonly report: (fault: unknown, where: string) => void;
};

/** The part of a gateway that decides without remembering: what `explain` needs. */
export type Deciding = Omit<Gateway, 'store' | 'authenticate' | 'admission' | 'report'>;
