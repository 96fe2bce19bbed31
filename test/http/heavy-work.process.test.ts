import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterEach, expect, test } from 'vitest';
import type { Issue } from '../../src/fhir/issue.ts';
import type { RunOptions } from '../../src/main.ts';
import { type Answered, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

let gateway: TestGateway;
afterEach(() => gateway.stop());
const start = async (heavy: NonNullable<RunOptions['heavy']>) => {
  gateway = await startGateway({ heavy });
};

const rules = (count: number): string => {
  const each = Array.from({ length: count }, (_, at) => `  src.language as l${at} -> tgt.language = l${at} "r${at}";`);
  return `map "http://example.org/StructureMap/tried" = "Tried"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Theirs as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Ours as target
group main(source src : Theirs, target tgt : Ours) {
${each.join('\n')}
}`;
};
const transform = (count: number): Promise<Answered> =>
  gateway.ask('POST', '/fhir/StructureMap/$transform', {
    as: 'operator',
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'srcMap', valueString: rules(count) },
        { name: 'content', resource: { resourceType: 'Patient', language: 'nl' } },
      ],
    }),
  });

test('while a map of 60,000 rules of a request is compiled, health and a referral are answered; then it is stopped, and a small one is not', async () => {
  await start({ deadline: 6_000 });
  const order: string[] = [];
  const noted = async (name: string, answer: Promise<Answered>): Promise<Answered> => {
    const answered = await answer;
    order.push(name);
    return answered;
  };
  const heavy = noted('heavy', transform(60_000));
  expect((await noted('health', gateway.ask('GET', '/healthz'))).status).toBe(200);
  const accepted = await noted('referral', gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral }));
  expect(accepted.status).toBe(200);
  const stopped = await heavy;
  expect(order).toEqual(['health', 'referral', 'heavy']);
  expect([stopped.status, rulesOf(stopped)]).toEqual([422, ['work-stopped']]);
  const small = await transform(2);
  expect(resourceOf(small)).toEqual({ resourceType: 'Patient', language: 'nl' });
}, 120_000);

test('heavy work waits in a queue with an end', async () => {
  await start({ deadline: 1_000, queue: 0 });
  // which of the two arrives first is not ours to say
  const both = await Promise.all([transform(60_000), transform(60_000)]);
  expect(both.flatMap(rulesOf).sort()).toEqual(['work-queue-full', 'work-stopped']);
  expect(both.map(({ status }) => status).sort()).toEqual([422, 503]);
}, 120_000);

test('a large definition is validated off the main loop, with the findings that it has on it', async () => {
  await start({ deadline: 60_000 });
  const element = Array.from({ length: 800 }, (_, at) => ({
    id: at === 0 ? 'Patient' : `Patient.e${at}`,
    path: at === 0 ? 'Patient' : `Patient.e${at}`,
    ...(at % 100 === 0 ? {} : { definition: 'x', min: 0, max: '1' }),
  }));
  const definition = {
    resourceType: 'StructureDefinition',
    meta: { profile: ['https://mgn.example/fhir/StructureDefinition/mgn-patient'] },
    url: 'http://example.org/StructureDefinition/large',
    name: 'Large',
    status: 'draft',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    derivation: 'specialization',
    snapshot: { element },
  };
  const answer = await gateway.ask('POST', '/fhir/$validate', { as: 'gp-de-linde', body: JSON.stringify(definition) });
  const { issues } = gateway.running.gateway.validator.validate(definition);
  const told = (resourceOf<OperationOutcome>(answer).issue ?? []).map((it) => [it.severity, it.expression?.[0]]);
  const key = ({ severity, expression }: Issue) => [severity, expression];
  expect(issues.length).toBeGreaterThan(0);
  expect(told.map(String).sort()).toEqual(issues.map(key).map(String).sort());
}, 120_000);
