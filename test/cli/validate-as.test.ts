import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionsOf } from '../../src/exchange/maps/nearest-form.ts';
import { mgn } from '../support/cli/mgn.ts';
import { partOf, referralWith } from '../support/exchange/example-referral.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const examples = join(import.meta.dirname, '../../examples/messages');
const example = (name: string, file = 'input.json') => join(examples, name, file);
const withoutUseCase = JSON.stringify(
  referralWith((it) => {
    delete it.meta;
    for (const { resource } of it.entry ?? []) delete resource?.meta;
    partOf(it, 'ServiceRequest').category = [{ text: 'Aanmelding' }];
    partOf(it, 'Task').code = { text: 'Aanmelding' };
  }),
);

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgn-as-'));
  await writeFile(join(folder, 'no-use-case.json'), withoutUseCase);
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

const as = async (form: string, ...more: readonly string[]) => {
  const { code, out, err } = await mgn(['validate', '--json', '--as', form, ...more]);
  const lines = out.split('\n').filter((it) => it !== '');
  return { code, err, reports: lines.map((it) => JSON.parse(it) as { verdict: string; issues: { rule: string }[] }) };
};

describe('a message of no known form', () => {
  test('is answered with the nearest form, the condition it does not meet, and the profile to validate against', async () => {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: withoutUseCase });
    expect(answer.status).toBe(422);
    const [found] = resourceOf<OperationOutcome>(answer).issue;
    expect(found?.details?.coding?.[1]?.code).toBe('form-unknown');
    expect(found?.details?.text).toContain('The nearest is mgn-referral');
    expect(found?.details?.text).toContain("system = 'https://mgn.example/fhir/CodeSystem/mgn-use-case'");
    expect(found?.details?.text).toContain('https://mgn.example/fhir/StructureDefinition/mgn-referral-bundle');
    expect(found?.details?.text).toContain('mgn validate --as mgn-referral');
  });

  test.each([
    ['a Patient', '{"resourceType":"Patient"}', 'mgn-referral'],
    [
      'answers to another Questionnaire',
      '{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"https://example.org/q"}',
      'conversation-form',
    ],
  ])('%s: nearest is what it could have been', async (_, body, form) => {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(answer.text).toContain(`The nearest is ${form},`);
  });

  test('its conditions are the parts that all have to hold', () => {
    expect(conditionsOf("$this is Bundle and (a or b and c) and d.exists(x = ' and ' and y)")).toEqual([
      '$this is Bundle',
      'a or b and c',
      "d.exists(x = ' and ' and y)",
    ]);
    expect(conditionsOf('a or b and c')).toEqual(['a or b and c']);
    expect(conditionsOf('(a).b and (c)')).toEqual(['(a).b', 'c']);
    expect(conditionsOf('true')).toEqual(['true']);
  });
});

describe('mgn validate --as', () => {
  test('by kind: a referral in every form, whoever may send it: valid, exit 0', async () => {
    const { code, reports } = await as(
      'referral',
      example('001-referral-as-collection'),
      example('002-referral-as-transaction'),
      example('005-elz-referral-xml', 'input.xml'),
      example('009-referral-by-social-work'),
      example('120-ref-i12', 'input.hl7'),
      example('127-referral-form'),
    );
    expect([code, ...reports.map(({ verdict }) => verdict)]).toEqual([0, ...Array(6).fill('valid')]);
  });

  test('by form: no other form of the same kind', async () => {
    const file = example('005-elz-referral-xml', 'input.xml');
    expect((await as('elz-referral', file)).reports[0]?.verdict).toBe('valid');
    expect((await as('mgn-referral', file)).reports[0]?.issues[0]?.rule).toBe('form-unknown');
  });

  test('finds what the gateway answers', async () => {
    const file = example('024-bsn-fails-elfproef');
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: readFileSync(file, 'utf8') });
    const { code, reports } = await as('referral', file);
    expect([code, reports[0]?.verdict]).toEqual([1, 'invalid']);
    expect(reports[0]?.issues.map(({ rule }) => rule).sort()).toEqual(
      resourceOf<OperationOutcome>(answer)
        .issue.map(({ details }) => details?.coding?.[1]?.code)
        .sort(),
    );
  });

  test('a message that is not recognised: what it lacks, and what the nearest profile finds', async () => {
    const { code, reports } = await as('referral', join(folder, 'no-use-case.json'));
    expect([code, reports[0]?.verdict]).toEqual([1, 'invalid']);
    const rules = reports[0]?.issues.map(({ rule }) => rule) ?? [];
    expect(rules[0]).toBe('form-unknown');
    expect(rules).toContain('slice-min');
  });

  test('what only a gateway with that order can decide: undecided, exit 2', async () => {
    const record = await as('record', example('070-record-with-plan'));
    expect([record.code, record.reports[0]?.verdict]).toEqual([2, 'undecided']);
    const transfer = await as('solicitation', example('040-transfer-asked-of-two'));
    expect([transfer.code, transfer.reports[0]?.verdict]).toEqual([2, 'undecided']);
  });

  test('several files: the worst decides the exit code', async () => {
    const { code, reports } = await as('referral', example('001-referral-as-collection'), join(folder, 'none.json'));
    expect(code).toBe(1);
    expect(reports.map(({ verdict }) => verdict)).toEqual(['valid', 'invalid']);
  });

  test('another name, or another partner: exit 1 with the known ones', async () => {
    const file = example('001-referral-as-collection');
    expect(await as('verwijzing', file)).toMatchObject({ code: 1, err: expect.stringContaining('elz-referral') });
    expect(await as('referral', '--from', 'nobody', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('gp-de-linde'),
    });
    expect((await as('referral', '--from', 'operator', file)).reports[0]?.issues[0]?.rule).toBe('role-forbidden');
  });
});
