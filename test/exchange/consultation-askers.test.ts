import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, CarePlan, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedOrder, consent, recordOf, social } from '../support/exchange/conversation-record.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Who asks for a case consultation, and about what: a plan, or what the social domain knows of the case. */
const folder = join(import.meta.dirname, '../../examples/messages');
const referral = readFileSync(join(folder, '001-referral-as-collection/input.json'));

let gateway: TestGateway;
let order: string;
let plan: string;
const at = (id: string) => partnerAt(gateway, id);
beforeAll(async () => {
  gateway = await startGateway();
  order = await acceptedOrder(gateway, referral);
  const answer = await at('registration-team').post('', recordOf({ reference: order }, [social, consent]));
  expect(answer.status, answer.text).toBe(200);
  plan = locationOf(answer, 'CarePlan')!;
});
afterAll(() => gateway.stop());

type Asking = { readonly focus: string; readonly basis?: string; readonly consents?: readonly object[] };

function question({ focus, basis = 'referral-within-care', consents = [] }: Asking): Bundle {
  const text = readFileSync(join(folder, '150-consultation-asked/input.json'), 'utf8')
    .replace('ServiceRequest/00000000-0000-4000-8000-000000000000', focus)
    .replace('referral-within-care', basis);
  const bundle = JSON.parse(text) as Bundle;
  const more = consents.map((resource, index) => ({
    fullUrl: `urn:uuid:7c1e5b20-0000-4000-8000-00000000007${index}`,
    resource,
  }));
  return { ...bundle, entry: [...bundle.entry!, ...more] as NonNullable<Bundle['entry']> };
}

test('the GP asks about the plan: the coordinator reads it with its order and the person', async () => {
  const answer = await at('gp-de-linde').post('', question({ focus: plan }));
  expect(answer.status, answer.text).toBe(200);
  const task = await at('registration-team').read<Task>(locationOf(answer, 'Task')!);
  expect(task.focus?.reference).toBe(plan);
  expect(task.basedOn?.[0]?.reference).toBe(order);
  expect((await at('registration-team').read<CarePlan>(plan)).status).toBe('active');
});

const toTheNetwork: object = {
  ...consent,
  provision: {
    type: 'permit',
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: 'Organization/network-veen-en-mond' },
      },
    ],
  },
};

/** The same question, in the name of the neighbourhood team. */
function byTheTeam(asking: Asking): Bundle {
  const bundle = question(asking);
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'Task') resource.requester = { reference: 'Organization/wijkteam-zonnerveen' };
  return bundle;
}

async function requestOfTheTeam(): Promise<string> {
  const [task] = await at('wijkteam-zonnerveen').tasks('status=requested&code=social-request');
  return task?.focus?.reference ?? '';
}

test('without a Consent towards the network it may not, nor on consent that is presumed within care', async () => {
  const own = await requestOfTheTeam();
  const silent = await at('wijkteam-zonnerveen').post('', byTheTeam({ focus: own, basis: 'explicit-consent' }));
  const presumed = await at('wijkteam-zonnerveen').post('', byTheTeam({ focus: own }));
  expect([silent.status, presumed.status]).toEqual([403, 403]);
  expect(rulesOf(silent)).toContain('consent-missing');
  expect(rulesOf(presumed)).toContain('legal-basis-outside-care');
});

test('the neighbourhood team asks about its own request, as far as it knows the case, on explicit consent', async () => {
  const own = await requestOfTheTeam();
  const answer = await at('wijkteam-zonnerveen').post(
    '',
    byTheTeam({ focus: own, basis: 'explicit-consent', consents: [toTheNetwork] }),
  );
  expect(answer.status, answer.text).toBe(200);
  const task = await at('registration-team').read<Task>(locationOf(answer, 'Task')!);
  const { subject } = await at('registration-team').read<ServiceRequest>(own);
  expect(task.for?.reference).toBe(subject.reference);
  expect(await at('registration-team').status(subject.reference ?? '')).toBe(200);
});

test('about an order that it may not see it may not ask at all', async () => {
  const answer = await at('wijkteam-zonnerveen').post(
    '',
    byTheTeam({ focus: order, basis: 'explicit-consent', consents: [toTheNetwork] }),
  );
  expect([answer.status, rulesOf(answer)]).toEqual([403, expect.arrayContaining(['consultation-forbidden'])]);
});
