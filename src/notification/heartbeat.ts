import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { notificationDispatch } from './dispatch.ts';

/** Puts every heartbeat that is due into the outbox; answers how many. */
export const beat = ({ store, network, world }: Gateway): Promise<number> => {
  const at = world.now();
  return store.heartbeat(at, (it) =>
    notificationDispatch({ base: network.settings.baseUrl, world, at }, 'heartbeat', it),
  );
};

/** Looks for heartbeats as often as the shortest period asks; the answer stops it. Does nothing where there are none. */
export function startHeartbeat(gateway: Gateway): () => void {
  const { heartbeat } = gateway.network.settings.notifications;
  if (!heartbeat) return () => {};
  const timer = setInterval(
    () => {
      beat(gateway).catch((fault) => gateway.report(fault, 'heartbeat'));
    },
    Math.min(heartbeat.minimum * 500, 60_000),
  );
  return () => clearInterval(timer);
}
