import { expect, test } from 'vitest';
import { recipientOf } from '../../../src/directory/index.ts';
import { disclose, noProjections } from '../../../src/disclosure/index.ts';
import { messageNames, phases, recipientKinds } from '../../../src/disclosure/projection/file.ts';
import { projectionsOfSet } from '../../../src/main/projection-files.ts';
import { demoConfiguration } from '../../support/demo-configuration.ts';
import { grounds } from '../../support/disclosure/grounds.ts';
import { caseInput, demoNetwork } from '../../support/routing/demo-network.ts';

test.each([
  ['gp-de-linde', 'gp'],
  ['ggz-horizonland', 'ggz'],
  ['wijkteam-zonnerveen', 'social-domain'],
  ['sociaal-werk-lissenmond', 'social-domain'],
  ['registration-team', 'network'],
])('%s receives by the projections of %s', async (partner, kind) => {
  const { network } = await demoConfiguration();
  expect(recipientOf(network, partner)?.projections.kind).toBe(kind);
});

test('a person has no address at the gateway: no projection gives it anything', async () => {
  const { network } = await demoConfiguration();
  for (const phase of phases)
    for (const name of messageNames) expect(network.projections.person.message(phase, name).types.size).toBe(0);
});

test('a network without compiled projections discloses nothing', async () => {
  const network = await demoNetwork();
  expect(network.projections).toBe(noProjections);
  for (const kind of recipientKinds)
    for (const phase of phases)
      for (const name of messageNames)
        expect(network.projections[kind].message(phase, name).project({ resourceType: 'Task' })).toBeUndefined();
  const recipient = {
    ...recipientOf(network, 'registration-team')!,
    references: ['HealthcareService/registration-team'],
  };
  const decided = disclose({
    graph: caseInput('municipality-zonnerveen'),
    recipient,
    purpose: 'referral',
    grounds,
    now: new Date('2026-11-22'),
  });
  expect(JSON.stringify(decided)).not.toMatch(/birthDate|"family"/);
});

test('a set that was stored before projections were files gets those of the product', () => {
  const compiled = projectionsOfSet({ digest: '', files: [] });
  expect(compiled.ok && compiled.value.gp.message('selected', 'referral').types.size).toBeGreaterThan(80);
});
