import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { acceptedOrder, coded, consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { type Answered, locationOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A person objects after a permission: what rested on it stops in the commit of the message that brings the objection. */
let gateway: TestGateway;
let team: ReturnType<typeof partnerAt>;
let wijkteam: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  gateway = await startGateway();
  team = partnerAt(gateway, 'registration-team');
  wijkteam = partnerAt(gateway, 'wijkteam-zonnerveen');
});
afterAll(() => gateway.stop());

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

type Provision = { readonly type: 'permit' | 'deny'; readonly [element: string]: unknown };
const stating = (provision: Provision) => ({ ...consent, provision });
const toSocialDomain = [{ url: mgnExtension('domain'), valueCodeableConcept: coded('domain', 'social') }];
const to = (...references: readonly string[]) =>
  references.map((reference) => ({
    role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
    reference: { reference },
  }));
const team_ = to('Organization/wijkteam-zonnerveen');

/** A conversation whose plan asks the neighbourhood team for help, on this Consent. */
async function helpAsked(given: object = consent) {
  const order = await acceptedOrder(gateway, referral);
  const answer = await team.post('', recordOf({ reference: order }, [social, given]));
  expect(answer.status, answer.text).toBe(200);
  const tasks = await wijkteam.tasks('_sort=-_lastUpdated&_count=1');
  const task = tasks[0]!;
  return { order, task: `Task/${task.id}`, focus: task.focus!.reference!, person: task.for!.reference! };
}

const laterConversation = (order: string, ...more: readonly object[]): Promise<Answered> =>
  team.post('', recordOf({ reference: order }, more));

describe('an objection after a permission', () => {
  test('ends the request, what waits for its recipient, and its right to read', async () => {
    const it = await helpAsked();
    const objection = await laterConversation(it.order, stating({ type: 'deny', extension: toSocialDomain }));
    expect(objection.status, rulesOf(objection).join()).toBe(200);
    const after = await wijkteam.read<Task>(it.task);
    expect([after.status, codeOf(after.statusReason)]).toEqual(['cancelled', 'withdrawn-by-person']);
    for (const reference of [it.focus, it.person]) expect(await wijkteam.status(reference)).toBe(404);
    expect((await team.read<ServiceRequest>(it.focus)).status).toBe('revoked');
    const { items } = await gateway.store.dispatches({ recipient: 'wijkteam-zonnerveen', count: 100 });
    const ofRequest = items.filter(({ about = [], kind }) => kind === 'social-request' && about.includes(it.task));
    expect(ofRequest.map(({ state }) => state)).toEqual(['withdrawn']);
  });

  test('to another recipient, or less precise than the permission, ends nothing', async () => {
    const permitted = stating({ type: 'permit', actor: team_ });
    for (const denial of [
      stating({ type: 'deny', actor: to('Organization/municipality-zonnerveen') }),
      stating({ type: 'deny', extension: toSocialDomain }),
    ]) {
      const it = await helpAsked(permitted);
      const answer = await laterConversation(it.order, denial);
      expect(answer.status, answer.text).toBe(200);
      expect((await wijkteam.read<Task>(it.task)).status).toBe('requested');
      expect(await wijkteam.status(it.focus)).toBe(200);
    }
  });

  test('to one life domain ends what is about that one', async () => {
    const it = await helpAsked();
    const finances = {
      url: mgnExtension('life-domain'),
      valueCodeableConcept: { coding: [{ system: mgnCodeSystem('zrm-domain'), code: 'finances' }] },
    };
    await laterConversation(it.order, stating({ type: 'deny', actor: team_, extension: [finances] }));
    expect((await wijkteam.read<Task>(it.task)).status).toBe('cancelled');
  });

  test('as an exception to a permission has the same effect', async () => {
    const it = await helpAsked();
    const exception = {
      type: 'permit',
      extension: toSocialDomain,
      provision: [{ type: 'deny', actor: team_ }],
    } as const;
    const answer = await laterConversation(it.order, stating(exception));
    expect(answer.status, rulesOf(answer).join()).toBe(200);
    expect((await wijkteam.read<Task>(it.task)).status).toBe('cancelled');
    expect(locationOf(await laterConversation(it.order), 'Encounter')).toBeDefined();
  });
});
