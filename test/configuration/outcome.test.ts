import { describe, expect, test } from 'vitest';
import { differencesOf, type MessageOutcome } from '../../src/configuration/message-outcome.ts';

const accepted: MessageOutcome = {
  verdict: 'accepted',
  destinations: ['HealthcareService/a by rule r'],
  disclosures: new Map([['team (referral)', 'gets 1 Patient; withheld 1 Condition (not-in-allow-list)']]),
  elements: new Map([['gp, phase selected', new Set(['Task.status', 'Task.note', 'Task.note.text'])]]),
  warnings: new Set(['second-referral']),
};

describe('what of an outcome is other', () => {
  test('is nothing where all is the same', () => {
    expect(differencesOf(accepted, { ...accepted, warnings: new Set(accepted.warnings) })).toEqual([]);
  });

  test('is a difference in resources or in recipients', () => {
    const after = {
      ...accepted,
      disclosures: new Map([
        ['team (referral)', 'gets 1 Condition, 1 Patient'],
        ['gp (status)', 'gets 1 Task'],
      ]),
    };
    expect(differencesOf(accepted, after)).toEqual([
      {
        aspect: 'disclosure',
        was: 'team (referral) gets 1 Patient; withheld 1 Condition (not-in-allow-list)',
        is: 'team (referral) gets 1 Condition, 1 Patient',
      },
      { aspect: 'disclosure', was: '-', is: 'gp (status) gets 1 Task' },
    ]);
  });

  test('is an element more or less, named once with what is below it', () => {
    const before = { ...accepted, elements: new Map([['gp, phase selected', new Set(['Task.status', 'Task.code'])]]) };
    expect(differencesOf(before, accepted)).toEqual([
      { aspect: 'element', was: '-', is: 'Task.note to gp, phase selected' },
      { aspect: 'element', was: 'Task.code to gp, phase selected', is: '-' },
    ]);
  });

  test('is a warning more and one less', () => {
    expect(differencesOf(accepted, { ...accepted, warnings: new Set(['urgent-call']) })).toEqual([
      { aspect: 'warning', was: 'second-referral', is: '-' },
      { aspect: 'warning', was: '-', is: 'urgent-call' },
    ]);
  });

  test('of a refused message is reported once: it has no destination', () => {
    const refused: MessageOutcome = {
      verdict: 'refused at route: route-refused',
      destinations: [],
      disclosures: new Map(),
      elements: new Map(),
      warnings: accepted.warnings,
    };
    expect(differencesOf(accepted, refused)).toEqual([
      { aspect: 'outcome', was: 'accepted', is: 'refused at route: route-refused' },
    ]);
  });
});
