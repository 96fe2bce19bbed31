/** Refusals, warnings and answers that no other test is about, each as its sender sees it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Composition, Consent, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Partner } from '../../src/directory/index.ts';
import { compileIntake } from '../../src/exchange/maps/intake.ts';
import { compileOutgoing } from '../../src/exchange/maps/outgoing.ts';
import { retryAfterRace } from '../../src/exchange/pipeline/retry-after-race.ts';
import { urgentWarnings } from '../../src/exchange/referral/urgent.ts';
import { silent } from '../../src/main/log.ts';
import { openStore, run } from '../../src/main.ts';
import type { Validator } from '../../src/validation/index.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { message, requestedConsultation } from '../support/exchange/consultation.ts';
import { acceptedOrder, advice, recordOf, transfer } from '../support/exchange/conversation-record.ts';
import { partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import {
  type Answered,
  type Ask,
  asker,
  locationOf,
  rulesOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const at = (partner: string) => partnerAt(gateway, partner);
const refusalOf = (answer: Answered) => [answer.status, ...rulesOf(answer)];
const example = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8');

/** One request to a gateway of the demo network with other partners. */
async function withPartners(
  address: string,
  change: (partner: Partner) => Partner | undefined,
  act: (ask: Ask) => Promise<Answered>,
): Promise<Answered> {
  const { network, ...configured } = await demoConfiguration();
  const partners = new Map(
    [...network.partners].flatMap(([id, it]) => {
      const changed = change(it);
      return changed ? [[id, changed] as const] : [];
    }),
  );
  const store = await openStore(address);
  if (!store.ok) throw new Error('the store does not open');
  const running = await run({ ...configured, network: { ...network, partners } }, store.value, {
    port: 0,
    log: silent,
  });
  const answer = await act(asker(`http://127.0.0.1:${running.port}`));
  await running.stop();
  return answer;
}

test('a resource without findings is reported as valid', async () => {
  const div = '<div xmlns="http://www.w3.org/1999/xhtml">Testpersoon</div>';
  const patient = { resourceType: 'Patient', active: true, text: { status: 'generated', div } };
  const answer = await at('gp-de-linde').post('/Patient/$validate', patient);
  expect(refusalOf(answer), answer.text).toEqual([200, 'valid']);
});

test('a gateway with a full outbox refuses messages, with a time to come back', async () => {
  const full = await startGateway({ waiting: 0 });
  await full.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  const answer = await full.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  expect([...refusalOf(answer), answer.headers['retry-after']]).toEqual([
    503,
    'overloaded',
    expect.stringMatching(/^\d+$/),
  ]);
  await full.stop();
});

test('a fault of the gateway is reported as its own, without details', async () => {
  const configured = await demoConfiguration();
  const store = await openStore('sqlite::memory:');
  if (!store.ok) throw new Error('the store does not open');
  let broken = false;
  const validate: Validator['validate'] = (...asked) => {
    if (broken) throw new Error('secret detail');
    return configured.validator.validate(...asked);
  };
  const validator = { ...configured.validator, validate };
  const running = await run({ ...configured, validator }, store.value, { port: 0, log: silent });
  const ask = asker(`http://127.0.0.1:${running.port}`);
  broken = true;
  const answer = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  expect(refusalOf(answer), answer.text).toEqual([500, 'internal']);
  expect(answer.text).not.toContain('secret');
  await running.stop();
});

describe('a referral', () => {
  test('with a BSN beside a reference is accepted; the number moves to the Patient', async () => {
    const bundle = referralWith((it) => {
      const identifier = partOf(it, 'Patient').identifier?.find(({ system }) => system?.endsWith('/bsn'));
      Object.assign(partOf(it, 'Task').for!, { identifier });
    });
    const answer = await at('gp-de-linde').post('', bundle);
    expect(answer.status).toBe(200);
    const task = await at('registration-team').read<Task>(locationOf(answer, 'Task')!);
    expect(task.for?.identifier).toBeUndefined();
  });

  test('that is urgent, in a network that alerts nobody, says so', async () => {
    const { network } = await demoConfiguration();
    const bundle = referralWith((it) => {
      partOf(it, 'Task').priority = 'stat';
    });
    const watchdog = { ...network.settings.watchdog, rules: [] };
    const owner = { reference: 'HealthcareService/registration-team', display: 'Aanmeldteam' };
    const warnings = urgentWarnings({ ...network, settings: { ...network.settings, watchdog } }, bundle, {
      owner,
    } as Parameters<typeof urgentWarnings>[2]);
    expect(warnings.map(({ rule }) => rule)).toEqual(['urgent-not-alerted']);
  });

  test('to an organisation without a system waits in its inbox, with a warning', async () => {
    const answer = await withPartners(
      'sqlite::memory:',
      (it) => (it.id === 'registration-team' ? { ...it, channel: 'inbox' } : it),
      (ask) => ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText }),
    );
    expect([answer.status, ...warningsOf(answer)], answer.text).toEqual([200, 'recipient-endpoint-missing']);
  });
});

test('an order that others go on changing is refused, to be sent again', async () => {
  let attempts = 0;
  const answer = await retryAfterRace(async () => {
    attempts += 1;
    return { kind: 'raced', current: attempts };
  });
  expect(answer).toMatchObject({ kind: 'refused', issues: [{ rule: 'concurrent-update' }] });
  expect(attempts).toBe(5);
});

test('the social domain asks no questions of care about its work', async () => {
  const sent = await at('gp-de-linde').post('', JSON.parse(example('060-social-request')));
  const task = locationOf(sent, 'Task')!;
  const sdc = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';
  const canonical = 'https://mgn.example/fhir/Questionnaire/aanvullende-informatie';
  const answer = await at('wijkteam-zonnerveen').post('/Task', {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: sdc, code: 'complete-questionnaire' }] },
    focus: { reference: task },
    input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueCanonical: canonical }],
  });
  expect(refusalOf(answer), answer.text).toEqual([403, 'question-social-domain-forbidden']);
});

test('a Consent is ended by the partner that sent it, not by one that may read it', async () => {
  const sent = await at('gp-de-linde').post('', JSON.parse(example('060-social-request')));
  const consent = locationOf(sent, 'Consent')!;
  const { id, type } = { id: consent.split('/')[1]!, type: 'Consent' };
  await gateway.store.commit({ now: new Date(), grants: [{ type, id, readers: ['ggz-de-kade'] }] });
  const before = await at('ggz-de-kade').read<Consent>(consent);
  const answer = await gateway.ask('PUT', `/fhir/${consent}`, {
    as: 'ggz-de-kade',
    body: JSON.stringify({ ...before, status: 'inactive' }),
    headers: { 'if-match': `W/"${before.meta?.versionId}"` },
  });
  expect(refusalOf(answer), answer.text).toEqual([403, 'consent-update-forbidden']);
});

describe('a case consultation', () => {
  test('is not prepared before it was accepted', async () => {
    const about = await requestedConsultation(gateway);
    const answer = await at('registration-team').post('', message('151-consultation-prepared', about));
    expect(refusalOf(answer), answer.text).toEqual([409, 'consultation-not-accepted']);
  });

  test('invites no organisation without a partner of this network', async () => {
    const about = await requestedConsultation(gateway);
    await at('registration-team').move(about.consultation, { status: 'accepted' });
    const bundle = message('151-consultation-prepared', about);
    partOf(bundle, 'Task').owner = { reference: 'Organization/municipality-zonnerveen' };
    const answer = await at('registration-team').post('', bundle);
    expect(rulesOf(answer), answer.text).toContain('organisation-unknown');
  });

  test('has no view in its record of an organisation that was not invited', async () => {
    const about = await requestedConsultation(gateway);
    const team = at('registration-team');
    await team.move(about.consultation, { status: 'accepted' });
    await team.post('', message('151-consultation-prepared', about));
    await team.move(about.consultation, { status: 'in-progress' });
    const bundle = message('152-consultation-recorded', about);
    for (const { resource } of bundle.entry ?? [])
      for (const section of (resource as Composition).section ?? [])
        if (section.code?.coding?.[0]?.code === 'view') section.author = [{ reference: 'Organization/ggz-de-kade' }];
    const answer = await team.post('', bundle);
    expect(rulesOf(answer), answer.text).toContain('view-author-not-invited');
  });
});

describe('a conversation record', () => {
  test('asks nobody without naming the service', async () => {
    const order = await acceptedOrder(gateway, Buffer.from(referralText));
    const { performer: _, ...unnamed } = transfer as ServiceRequest;
    const answer = await at('registration-team').post('', recordOf({ reference: order }, [unnamed]));
    expect(refusalOf(answer), answer.text).toEqual([422, 'follow-up-performer-missing']);
  });

  test('advises nobody when the referrer has left the network', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mgn-left-'));
    const address = `sqlite:${join(folder, 'store.db')}`;
    const before = await startGateway({ store: address });
    const order = await acceptedOrder(before, Buffer.from(referralText));
    await before.stop();
    const body = JSON.stringify(recordOf({ reference: order }, [advice]));
    const answer = await withPartners(
      address,
      (it) => (it.id === 'gp-de-linde' ? undefined : it),
      (ask) => ask('POST', '/fhir', { as: 'registration-team', body }),
    );
    expect(refusalOf(answer), answer.text).toEqual([422, 'advice-referrer-missing']);
    rmSync(folder, { recursive: true });
  });
});

describe('a configuration', () => {
  test('names the form of intake whose condition does not compile', () => {
    const text = "forms:\n  - id: broken\n    kind: referral\n    when: 'Bundle.where('\n";
    const { issues } = compileIntake(text, 'mappings/intake.yaml', [], ['referral']);
    expect(issues.map(({ rule, line }) => [rule, line])).toEqual([['intake-form-invalid', 2]]);
  });

  test('names the outgoing map that is not there, and the topics for which one has no words', async () => {
    const { maps } = await demoConfiguration();
    const text = (communication: string) => `feedback:\n  communication: ${communication}\n  letter: gone.fml\n`;
    const rules = (communication: string) =>
      new Set(compileOutgoing(text(communication), 'mappings/outgoing.yaml', maps).issues.map(({ rule }) => rule));
    expect(rules('gone.fml')).toEqual(new Set(['outgoing-map-missing']));
    const other = maps.find(({ path }) => path.includes('hl7'))!.path;
    expect(rules(other)).toEqual(new Set(['outgoing-map-missing', 'feedback-text-missing']));
  });
});
