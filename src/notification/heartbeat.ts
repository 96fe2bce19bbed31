import type { Gateway } from '../exchange/pipeline/gateway.ts';

/** Adds every due heartbeat to the outbox; returns their number. */
export const sendDueHeartbeats = ({ store, network, world }: Gateway): Promise<number> =>
  store.heartbeat(world.now(), { base: network.settings.baseUrl });

/**
 * Sends heartbeats as often as the shortest period requires, if the network has any; returns the function that stops
 * it.
 */
export function startHeartbeat(gateway: Gateway): () => void {
  const { heartbeat } = gateway.network.settings.notifications;
  if (!heartbeat) return () => {};
  const timer = setInterval(
    () => {
      sendDueHeartbeats(gateway).catch((fault) => gateway.report(fault, 'heartbeat'));
    },
    Math.min(heartbeat.minimum * 500, 60_000),
  );
  return () => clearInterval(timer);
}
