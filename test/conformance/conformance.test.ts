import { describe, expect, test } from 'vitest';
import { measureHl7 } from './hl7-validator.ts';
import { measureMutations } from './mutations.ts';
import { measureNlCore } from './nl-core.ts';
import { isHere } from './section.ts';

/** The least that is accepted of each group; docs/reference/conformance.md has what was reached. */
const least: Readonly<Record<string, number>> = { instance: 0.95, questionnaire: 0.9, definitions: 0.9 };

describe.skipIf(!isHere('hl7-validator'))("HL7's validator suite (skipped when the reference data is not here)", () => {
  test('agreement does not fall below the figures, every difference has its reason, nothing crashes', async () => {
    const groups = await measureHl7();
    const all = groups.flatMap(({ disagreements }) => disagreements);
    for (const { name, agreed, cases } of groups) expect(agreed / cases, name).toBeGreaterThanOrEqual(least[name] ?? 1);
    expect(all.filter(({ kind }) => kind === 'false positive').length).toBeLessThanOrEqual(1);
    expect(all.filter(({ kind }) => kind === 'crash')).toEqual([]);
    expect(all.filter(({ reason }) => reason === 'not explained')).toEqual([]);
  });
});

describe.skipIf(!isHere('nl-core-examples'))('nl-core (skipped when the reference data is not here)', () => {
  test('no published example has an error, and no profile asks what cannot be compiled', async () => {
    const { verdicts, errors, unsupported } = await measureNlCore();
    expect({ errors, unsupported, invalid: verdicts.invalid }).toEqual({ errors: [], unsupported: [], invalid: 0 });
    expect(verdicts.valid + verdicts.undecided).toBe(122);
  });

  test('of the constraints broken on purpose at least 99 % are caught', { timeout: 60_000 }, async () => {
    const { tried, caught, missed } = await measureMutations();
    expect(tried).toBeGreaterThan(300);
    expect(caught / tried, missed.join('\n')).toBeGreaterThanOrEqual(0.99);
  });
});
