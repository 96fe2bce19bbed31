import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resourceAsSeen } from '../../src/exchange/memory/as-seen.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { fullResource } from '../support/disclosure/full-resource.ts';
import { ownProjections } from '../support/disclosure/projections.ts';
import { message } from '../support/exchange/consultation.ts';
import { acceptedOrder, consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The owner of a Task reads it by a projection too: total by construction, and nothing is lost of what it wrote itself. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'));

const owned = (owner: string, more: object = {}): Task =>
  ({
    ...fullResource(ownProjections.ggz.message('selected', 'own-task').types.get('Task')!),
    resourceType: 'Task',
    status: 'accepted',
    code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
    meta: { source: 'https://mgn.example/fhir/NamingSystem/partner#gp-de-linde' },
    owner: { reference: owner },
    ...more,
  }) as unknown as Task;

const asSeenBy = (partner: string, task: Task): Task => {
  const { network } = gateway.running.gateway;
  return resourceAsSeen(network, task, network.partners.get(partner)!) as Task;
};

describe('what no line allows is not read by an owner', () => {
  test('within care: a BSN beside the Patient, and a resource within of a type without a line', () => {
    const task = owned('HealthcareService/registration-team', {
      for: {
        reference: 'Patient/1',
        identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900018' },
      },
      contained: [
        { resourceType: 'TestScript', id: 'x' },
        { resourceType: 'Basic', id: 'y' },
      ],
    });
    const seen = asSeenBy('registration-team', task);
    expect(JSON.stringify(seen)).not.toMatch(/999900018|TestScript/);
    expect(seen.contained).toEqual([{ resourceType: 'Basic', id: 'y' }]);
    expect(seen.for).toEqual({ reference: 'Patient/1' });
  });

  test('in the social domain: what care could write in it, in whatever element', () => {
    const task = owned('HealthcareService/neighbourhood-team-zonnerveen', {
      reasonCode: { text: 'geheime klacht' },
      basedOn: [{ reference: 'ServiceRequest/of-care', display: 'geheime klacht' }],
      statusReason: { coding: [{ system: mgnCodeSystem('status-reason'), code: 'at-capacity' }] },
      requester: {
        reference: 'Organization/gp-de-linde',
        display: 'Praktijk',
        identifier: { value: 'geheime klacht' },
      },
      input: [{ type: { text: 'geheime klacht' }, valueString: 'geheime klacht' }],
      contained: [{ resourceType: 'Basic', id: 'y', code: { text: 'geheime klacht' } }],
      extension: [{ url: 'urn:x', valueString: 'geheime klacht' }],
    });
    const seen = asSeenBy('wijkteam-zonnerveen', task);
    expect(JSON.stringify(seen)).not.toContain('geheime klacht');
    expect(seen.status).toBe('accepted');
  });
});

describe('nothing is lost to an owner', () => {
  /** A stored Task, as it is and as its owner reads it. */
  async function bothOf(reference: string, partner: string) {
    const [type = '', id = ''] = reference.split('/');
    const stored = JSON.parse((await gateway.store.read(type, id))!.text) as Task;
    const read = await partnerAt(gateway, partner).read<Task>(reference);
    return { stored, read };
  }

  test('of any Task that the gateway stores for it: a referral, a request for help, an invitation to a consultation', async () => {
    const gp = partnerAt(gateway, 'gp-de-linde');
    const team = partnerAt(gateway, 'registration-team');
    const order = await acceptedOrder(gateway, example('001-referral-as-collection'));
    expect((await team.post('', recordOf({ reference: order }, [social, consent]))).status).toBe(200);
    const asked = await gp.post('', message('150-consultation-asked', { order }));
    const consultation = locationOf(asked, 'Task')!;
    await team.move(consultation, { status: 'accepted' });
    const prepared = await team.post('', message('151-consultation-prepared', { order, consultation }));
    expect(prepared.status, prepared.text).toBe(200);
    let compared = 0;
    for (const partner of ['registration-team', 'wijkteam-zonnerveen', 'ggz-horizonland', 'ggz-de-kade']) {
      const { network } = gateway.running.gateway;
      for (const { id, owner } of await partnerAt(gateway, partner).tasks('_count=100')) {
        const service = network.directory.service(owner?.reference ?? '')?.partner;
        const { stored, read } = await bothOf(`Task/${id}`, partner);
        if (service !== partner || JSON.stringify(stored.code).includes('request-fulfillment')) continue;
        expect(read, `${partner} ${id}`).toEqual(stored);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  test('of what it writes itself, in a move and afterwards', async () => {
    const sent = await partnerAt(gateway, 'gp-de-linde').post(
      '',
      JSON.parse(example('060-social-request').toString()) as Bundle,
    );
    const task = locationOf(sent, 'Task')!;
    const own = partnerAt(gateway, 'wijkteam-zonnerveen');
    const before = await own.read<Task>(task);
    const written = { note: [{ text: 'Gebeld op maandag.' }], executionPeriod: { start: '2026-12-01' } };
    const moved = await gateway.ask('PUT', `/fhir/${task}`, {
      as: 'wijkteam-zonnerveen',
      body: JSON.stringify({ ...before, status: 'accepted', ...written }),
      headers: { 'if-match': `W/"${before.meta?.versionId}"` },
    });
    expect(moved.status, moved.text).toBe(200);
    expect(await own.read<Task>(task)).toMatchObject({ status: 'accepted', ...written });
    expect((await own.move(task, { status: 'in-progress' })).status).toBe(200);
    expect(await own.read<Task>(task)).toMatchObject({ status: 'in-progress', ...written });
    expect(
      (await own.move(task, { status: 'failed', reason: 'no-contact', outcome: 'Niet bereikt.' })).status,
    ).toBeLessThan(500);
  });
});
