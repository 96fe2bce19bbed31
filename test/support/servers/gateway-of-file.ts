/** What most tests of messages start with: a gateway for the whole file, and receivers in the place of partners' systems. */
import { afterAll, beforeAll } from 'vitest';
import { startGateway, type TestGateway } from '../test-gateway.ts';
import { type Sink, startSink } from './recording-receiver.ts';

/**
 * Starts the gateway before the tests of the file, with a receiver for each of `partners`, and stops them after the last
 * test. The parts of the result are there once the tests run.
 */
export function gatewayOfFile<P extends string = never>(partners: readonly P[] = []) {
  let started: TestGateway | undefined;
  const sinks = new Map<P, Sink>();
  beforeAll(async () => {
    for (const it of partners) sinks.set(it, await startSink());
    const addresses = Object.fromEntries([...sinks].map(([partner, { url }]) => [partner, url]));
    started = await startGateway({ addresses });
  });
  afterAll(async () => {
    await started?.stop();
    for (const it of sinks.values()) await it.close();
  });
  return {
    get gateway(): TestGateway {
      if (!started) throw new Error('the gateway starts with the tests');
      return started;
    },
    sinkOf: (partner: P): Sink => sinks.get(partner)!,
  };
}
