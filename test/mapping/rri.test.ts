/** The response to an HL7 v2 referral: the output can be written, read back, and refers to the sent message. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { casesOf } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { isError } from '../../src/fhir/issue.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';
import { type Hl7Part, parseHl7 } from '../../src/mapping/index.ts';
import { mgn } from '../support/cli/mgn.ts';

const root = join(import.meta.dirname, '../..');
const path = join(root, 'mappings/out/rri-i12/rri-i12.fml');
const answer = compileFolder(readMapFolder(path));
const referral = compileFolder(readMapFolder(join(root, 'mappings/hl7v2/ref-i12.fml')));

const made = casesOf(path).flatMap(({ name, input }) => {
  const { output, issues } = answer.run(readInput(input), { seed: name });
  return issues?.some(isError) ? [] : [[name, output as Hl7Part] as const];
});

test('every case but the wrong ones has an output', () => {
  expect(made.map(([name]) => name)).toEqual(['by-practice', 'expired', 'minimal', 'rich', 'typical']);
});

test.each(made)('%s reads back unchanged', (_, output) => {
  expect(parseHl7(answer.writeHl7!(output))).toEqual(output);
});

test.each(made)('%s has the required fields, and a matching control id', (_, { MSH, RF1, PRD, PID }) => {
  const head = MSH as { dateTimeOfMessage: string; messageControlId: string };
  expect(head.dateTimeOfMessage).toMatch(/^\d{8}(?:\d{6}(?:\.\d+)?[+-]\d{4})?$/);
  expect(head.messageControlId).toMatch(/^[0-9a-f]{20}$/);
  expect((RF1 as { referralStatus: { identifier: string } }).referralStatus.identifier).toMatch(/^[APRE]$/);
  expect(PRD).not.toEqual([]);
  expect(PID).toHaveProperty('patientIdentifierList');
});

describe('the sender of REF^I12', () => {
  const sent = readInput(join(root, 'mappings/hl7v2/tests/typical/input.hl7')) as Record<string, Hl7Part>;
  const { MSA, RF1, PID, PRD } = answer.run(referral.run(sent).output).output as Record<string, Hl7Part>;

  test('finds its own numbers in the response', () => {
    expect(MSA).toEqual({ acknowledgmentCode: 'AA', messageControlId: sent.MSH!.messageControlId });
    expect(RF1!.originatingReferralIdentifier).toEqual(sent.RF1!.originatingReferralIdentifier);
  });

  test('finds the person and itself unchanged', () => {
    expect(PID!.patientIdentifierList).toEqual(sent.PID!.patientIdentifierList);
    expect(PID!.patientName).toEqual(sent.PID!.patientName);
    const [own, written] = [PRD, sent.PRD].map((it) => (it as unknown as Hl7Part[])[0]!);
    expect([own!.providerName, own!.providerIdentifiers]).toEqual([
      written!.providerName,
      written!.providerIdentifiers,
    ]);
  });
});

describe('mgn map run', () => {
  const run = async (...options: string[]): Promise<string> => {
    const input = join(root, 'mappings/out/rri-i12/tests/rich/input.json');
    return (await mgn(['map', 'run', path, input, '--seed', 'rich', ...options])).out;
  };
  const expected = made.find(([name]) => name === 'rich')![1];

  test('prints the message as ER7', async () => {
    expect(await run()).toBe(answer.writeHl7!(expected));
  });

  test('with --json prints named fields', async () => {
    expect(JSON.parse(await run('--json'))).toEqual(expected);
  });
});
