import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Parameters } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeJson } from '../../src/fhir/json.ts';
import { isType } from '../../src/fhir/resource.ts';
import {
  assign,
  decisionProvenance,
  decisionRecord,
  decisionRecordIn,
  projectDecisionRecord,
  type RecordAudience,
  route,
} from '../../src/routing/index.ts';
import { caseInput, demoNetwork, demoRoutes } from '../support/routing/demo-network.ts';
import { type Answered, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'));
const referral = '001-referral-as-collection';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const names = ({ parameter = [] }: Parameters) => new Set(parameter.map(({ name }) => name));
const part = ({ parameter = [] }: Parameters, name: string) => parameter.filter((it) => it.name === name);

describe('the record of a decision', () => {
  const decide = async () => {
    const network = await demoNetwork();
    const graph: Bundle = caseInput('municipality-zonnerveen');
    const question = { graph, source: 'gateway-profile' as const, sender: 'gp-de-linde', now: new Date(0) };
    const decision = route(demoRoutes(network), network.directory, question);
    if (decision.kind === 'refused') throw new Error('routed in its own case');
    return { decision, graph };
  };

  test('is identical, byte for byte, when repeated with the same rules and directory', async () => {
    const [first, second] = [await decide(), await decide()];
    expect(writeJson(decisionRecord(first.decision))).toBe(writeJson(decisionRecord(second.decision)));
  });

  test('contains rules in order, facts, services with reasons, and the inputs used', async () => {
    const { decision } = await decide();
    const record = decisionRecord(decision);
    expect(part(record, 'tried').map(({ part: it }) => it?.[0]?.valueCode)).toEqual(decision.rules.map(({ id }) => id));
    expect(part(record, 'candidate')).toHaveLength(decision.candidates.length);
    expect(part(record, 'made-with')[0]?.part?.map(({ valueString }) => valueString)).toEqual([
      decision.configuration,
      decision.directory,
    ]);
  });

  test('is stored in a Provenance of the Task and its order', async () => {
    const { decision, graph } = await decide();
    const provenance = decisionProvenance(decision, assign(graph, decision), 'p1');
    expect(provenance.target.map(({ reference }) => reference?.split('/')[0]).sort()).toEqual([
      'ServiceRequest',
      'Task',
    ]);
    const { id: _, ...record } = decisionRecordIn(provenance)!;
    expect(record).toEqual(decisionRecord(decision));
    const report = gateway.running.gateway.validator.validate(provenance);
    expect(report.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('is projected by an allow-list: facts and candidates for care, the reason for parties that may see the person', async () => {
    const record = decisionRecord((await decide()).decision);
    const seen = (audience: RecordAudience) => names(projectDecisionRecord(record, audience));
    expect(seen('full')).toEqual(names(record));
    expect(seen('reason').has('reason')).toBe(true);
    expect(seen('reason').has('fact')).toBe(false);
    expect(seen('outcome').has('reason')).toBe(false);
    const more: Parameters = { ...record, parameter: [{ name: 'new', valueString: 'x' }] };
    expect(names(projectDecisionRecord(more, 'reason')).size).toBe(0);
  });
});

describe('ServiceRequest/[id]/$explain', () => {
  let order = '';
  beforeAll(async () => {
    order = locationOf(
      await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: example(referral) }),
      'ServiceRequest',
    )!;
  });
  const explain = (as: string) => gateway.ask('GET', `/fhir/${order}/$explain`, { as });
  const records = (answer: Answered): Parameters[] =>
    (resourceOf<Parameters>(answer).parameter ?? []).flatMap(({ resource }) =>
      isType(resource, 'Parameters') ? [resource] : [],
    );

  test('explains its destination to its parties', async () => {
    for (const as of ['gp-de-linde', 'registration-team']) {
      const answer = await explain(as);
      expect(answer.status, answer.text).toBe(200);
      const [record] = records(answer);
      expect(part(record!, 'rule')[0]?.valueCode).toBe('municipality-team');
      expect(part(record!, 'fact').length).toBeGreaterThan(3);
      expect(answer.text).toContain('Omdat: De persoon woont in Zonnerveen');
      expect(answer.text).not.toMatch(/Proefpersoon|9999\d{5}|128\d ?[A-Z]{2}/);
    }
  });

  test('is nothing to anybody else', async () => {
    expect((await explain('ggz-de-kade')).status).toBe(404);
    expect((await explain('operator')).status).toBe(404);
  });

  test('is identical to a replay of the stored message, byte for byte', async () => {
    const [stored] = records(await explain('gp-de-linde'));
    const at = new Date(part(stored!, 'decided-at')[0]!.valueInstant!);
    const message = (await gateway.store.messages({ partner: 'gp-de-linde', count: 1 })).items[0]!;
    const again = await startGateway({ addresses: {} });
    const { consider } = await import('../../src/exchange.ts');
    const deciding = { ...again.running.gateway, world: { ...again.running.gateway.world, now: () => at } };
    const partner = deciding.network.partners.get('gp-de-linde')!;
    const considered = await consider(deciding, again.store, { ...message, partner, at });
    if (!considered.ok) throw new Error('it was accepted before');
    expect(deciding.configuration).toBe(message.configuration);
    const { id: _, ...record } = stored!;
    expect(writeJson(decisionRecord(considered.value.decisions[0]!))).toBe(writeJson(record as Parameters));
    await again.stop();
  });
});

describe('POST $explain', () => {
  const explain = (body: Buffer, as = 'gp-de-linde') => gateway.ask('POST', '/fhir/$explain', { as, body });

  test('shows every step, the decision and what each would get, and stores and sends nothing', async () => {
    const held = async () => [
      (await gateway.store.depth()).waiting,
      (await gateway.store.messages({ count: 1000 })).items.length,
    ];
    const before = await held();
    const answer = await explain(example(referral));
    expect(answer.status, answer.text).toBe(200);
    const explained = resourceOf<Parameters>(answer);
    expect(part(explained, 'verdict')[0]?.valueCode).toBe('accepted');
    expect(part(explained, 'step').length).toBeGreaterThan(7);
    expect(part(explained, 'decision')).toHaveLength(1);
    expect(JSON.stringify(part(explained, 'explanation'))).toContain('Omdat');
    expect(part(explained, 'receipt').length).toBeGreaterThan(0);
    expect(await held()).toEqual(before);
  });

  test('of a message that would be refused states the reason, with 200', async () => {
    const answer = await explain(example('024-bsn-fails-elfproef'));
    expect(answer.status).toBe(200);
    const explained = resourceOf<Parameters>(answer);
    expect(part(explained, 'verdict')[0]?.valueCode).toBe('refused');
    const outcome = part(explained, 'outcome')[0]?.resource as OperationOutcome;
    expect(outcome.issue.some(({ severity }) => severity === 'error')).toBe(true);
  });

  test('without a body, or without a sender, is refused', async () => {
    expect((await explain(Buffer.from(''))).status).toBe(400);
    expect((await gateway.ask('POST', '/fhir/$explain', { body: example(referral) })).status).toBe(401);
  });
});
