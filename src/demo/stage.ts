import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issue } from '../fhir/issue.ts';
import { silent } from '../main/log.ts';
import { demoNetwork, openConfiguration, openStore, type Running, run, world } from '../main.ts';
import { type PartnerSystem, startPartnerSystem } from './partner-system.ts';

/** A gateway on a fresh store with every partner of the demo network on a loopback port of its own. */
export type Stage = {
  readonly running: Running;
  readonly base: string;
  readonly systems: readonly PartnerSystem[];
  readonly system: (partner: string) => PartnerSystem;
  readonly close: () => Promise<void>;
};

/** Throws with the issues when the demo network can't be opened: it is part of the product. */
export async function setStage(port: number): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'mgn-demo-'));
  let base = '';
  const first = await openConfiguration({ network: demoNetwork });
  if (!first.ok) throw new Error(messagesOf(first.issues));
  const systems = new Map<string, PartnerSystem>();
  for (const { id, channel } of first.value.network.partners.values())
    if (channel === 'fhir-rest')
      systems.set(id, await startPartnerSystem(id, { base: () => base, token: `demo-${id}` }, world.newId));
  const addresses = Object.fromEntries([...systems].map(([id, system]) => [id, system.base]));
  const opened = await openConfiguration({ network: demoNetwork, addresses, baseUrl: `http://127.0.0.1:${port}/fhir` });
  const store = await openStore(`sqlite:${join(folder, 'demo.db')}`);
  if (!opened.ok || !store.ok) throw new Error(messagesOf([...opened.issues, ...store.issues]));
  const running = await run(opened.value, store.value, { port, log: silent, deliverIn: 'thread' });
  base = `http://127.0.0.1:${running.port}/fhir`;
  return {
    running,
    base,
    systems: [...systems.values()],
    system: (partner) => {
      const found = systems.get(partner);
      if (!found) throw new Error(`the demo network has no system for ${partner}`);
      return found;
    },
    close: async () => {
      await running.stop();
      await Promise.all([...systems.values()].map((system) => system.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const messagesOf = (issues: readonly Issue[]): string => issues.map(({ message }) => message).join('\n');
