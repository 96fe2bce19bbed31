import { isDeepStrictEqual } from 'node:util';
import { openHl7 } from '../../delivery/channel/hl7v2/hl7v2.ts';
import { openZgwClient } from '../../delivery/channel/zgw/zgw.ts';
import { isConditional } from '../../delivery/conditional.ts';
import { type DeliveryOptions, type DeliverySettings, type DeliveryWorker, defaults } from '../../delivery/settings.ts';
import { startDelivery } from '../../delivery/worker.ts';
import { addressRulesOf, type Network } from '../../directory/index.ts';

import { placerUpdateHandler, pullHandler, referralStateHandler } from '../../notification/index.ts';

import type { Store } from '../../store/port.ts';
import type { StoreFault } from '../../store/store-fault.ts';
import { zgwStatusHandler } from '../../zgw/index.ts';
import type { InForce } from '../in-force.ts';
import type { Log } from '../log.ts';
import { mayStillSendBy } from '../may-still-send.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { world } from '../world.ts';
import { withoutFictive } from './fictive.ts';
import { type DeliveryThread, openDeliveryThread } from './open-thread.ts';
import { deliveringBy, type Standing } from './standing.ts';
import { standingOf } from './standing-of.ts';

export type StartOptions = {
  readonly inForce: () => InForce;
  readonly store: Store;
  readonly log: Log;
  readonly settings?: Partial<DeliverySettings> | undefined;
  /** Runs the watchdog now. */
  readonly watch: () => void;
  readonly storeFailed: (fault: StoreFault) => void;
  readonly metrics: Pick<Metrics, 'attempt' | 'deliveryDelay'>;
  /** `thread`: in a thread of its own, when the store can be opened there; otherwise in this one. */
  readonly in: 'thread' | 'here';
  /** Called when that thread ends by itself: the process must end. Default: it does, with an error. */
  readonly died?: ((why: Error) => void) | undefined;
};

export type Delivering = DeliveryWorker & {
  /** Another configuration is in force: from the next attempt on. */
  readonly follow: () => void;
};

/** Delivers the outbox of a gateway, as its configuration in force and its directory say at each attempt. */
export async function startDeliveryFor(options: StartOptions): Promise<Delivering> {
  const { inForce, store, log, settings, watch, storeFailed, metrics, died = end } = options;
  const gateway = () => inForce().gateway;
  const standing = standingNow(inForce);
  const rules = () => addressRulesOf(gateway().network.settings);
  const zgwClient = openZgwClient({ ...defaults, ...settings }, rules);
  const hl7 = openHl7({ ...defaults, ...settings }, rules);
  const shared: Pick<DeliveryOptions, 'log' | 'measured' | 'mayStillSend' | 'handlers' | 'settings'> = {
    mayStillSend: mayStillSendBy(gateway),
    handlers: {
      'fhir-pull': pullHandler(gateway),
      'fhir-placer': placerUpdateHandler(gateway),
      'zgw-status': zgwStatusHandler(gateway, zgwClient),
      hl7v2: referralStateHandler(gateway, hl7),
    },
    log: withoutFictive(standing, log),
    measured: metrics.attempt,
    ...(settings ? { settings } : {}),
  };
  if (options.in === 'thread' && store.link) {
    const link = store.link();
    const thread = await openDeliveryThread({
      ...shared,
      link,
      standing: standing(),
      watch,
      storeFailed,
      delayed: metrics.deliveryDelay,
      died,
    });
    return {
      stop: async () => {
        await thread.stop();
        await zgwClient.close();
        await hl7.close();
      },
      idle: thread.idle,
      follow: following(thread, inForce, standing),
    };
  }
  const worker = startDelivery({
    ...shared,
    store,
    world,
    chance: Math.random,
    ...deliveringBy(standing, world),
    mayStillSend: async (dispatch) =>
      isConditional(dispatch, { now: world.now(), asksOutside: standing().asksOutside === true })
        ? shared.mayStillSend!(dispatch)
        : { ok: true },
    // reported at once, not at the next run; what was requeued may have arrived after all
    onEnded: (outcome, { createdAt, queuedAt }) => {
      if (outcome === 'dead' || queuedAt > createdAt) watch();
    },
  });
  return {
    ...worker,
    stop: async () => {
      await worker.stop();
      await zgwClient.close();
      await hl7.close();
    },
    follow: () => {},
  };
}

/** Made anew when another configuration is in force, or the directory has changed. */
function standingNow(inForce: () => InForce): () => Standing {
  let network: Network | undefined;
  let tokens: InForce['tokens'] | undefined;
  let made: Standing | undefined;
  return () => {
    const now = inForce();
    if (!made || now.gateway.network !== network || now.tokens !== tokens) {
      ({ network } = now.gateway);
      ({ tokens } = now);
      made = standingOf(network, now.gateway.grounds, now);
    }
    return made;
  };
}

/** The thread has what is in force and the directory before its next attempt. */
function following(thread: DeliveryThread, inForce: () => InForce, standing: () => Standing) {
  let known = standing();
  const update = () => {
    const next = standing();
    if (isDeepStrictEqual(next, known)) return;
    known = next;
    thread.change(next);
  };
  const follow = () => {
    const it = inForce();
    it.gateway.living.onChange(() => {
      if (inForce() === it) update();
    });
    update();
  };
  follow();
  return follow;
}

const end = (why: Error): void => {
  setImmediate(() => {
    throw why;
  });
};
