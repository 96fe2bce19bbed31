import type { CarePlan, Encounter, Goal, ServiceRequest } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { planNarrative } from '../../src/conversation/index.ts';
import { lifeDomainWords, outcomeWords, roleWords } from '../../src/conversation/plain-words.ts';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import { isError } from '../../src/fhir/issue.ts';
import { canonicalXhtml } from '../../src/fhir/xhtml.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';
import { codeSystems, packageDir } from '../support/profiles/built-package.ts';

const coded = (system: string, code: string) => ({ coding: [{ system: mgnCodeSystem(system), code }] });
const domain = (code: string) => ({
  url: mgnExtension('life-domain'),
  valueCodeableConcept: coded('zrm-domain', code),
});
const person = { reference: 'Patient/p' };

/** A plan in which each word that people give is `words`. */
function told(words: string) {
  const conversation: Encounter = {
    resourceType: 'Encounter',
    status: 'finished',
    class: { code: 'AMB' },
    period: { start: '2026-11-27T13:00:00+01:00' },
    extension: [
      { url: mgnExtension('conversation-outcome'), valueCodeableConcept: coded('conversation-outcome', 'combination') },
    ],
    participant: [
      { individual: { display: words }, type: [coded('professional-role', 'expert-by-experience')] },
      { individual: { display: words }, type: [{ text: words }] },
    ],
  };
  const plan: CarePlan = {
    resourceType: 'CarePlan',
    status: 'active',
    intent: 'plan',
    subject: person,
    extension: [
      { url: mgnExtension('strength'), valueString: words },
      { url: mgnExtension('agreement'), valueString: words },
    ],
    activity: [
      {
        detail: {
          status: 'not-started',
          description: words,
          code: coded('activity-kind', 'self-help'),
          extension: [domain('use-of-time')],
        },
      },
      { detail: { status: 'not-started', description: words, code: coded('activity-kind', 'informal-support') } },
    ],
  };
  const goals: Goal[] = [
    {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      subject: person,
      description: { text: words },
      extension: [domain('finances')],
    },
    {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      subject: person,
      description: { text: words },
      category: [{ text: words }],
    },
  ];
  const request = (useCase: string, more: Partial<ServiceRequest> = {}): ServiceRequest => ({
    resourceType: 'ServiceRequest',
    status: 'active',
    intent: 'order',
    subject: person,
    category: [coded('use-case', useCase)],
    reasonCode: [{ text: 'Recidiverende depressieve episode' }],
    ...more,
  });
  const requests = [
    request('advice'),
    request('transfer', { performer: [{ display: words }] }),
    request('social-request', {
      performer: [{ reference: 'HealthcareService/wijkteam' }],
      extension: [domain('finances')],
    }),
  ];
  const nameOf = (reference: string) =>
    reference === 'HealthcareService/wijkteam' ? 'Wijkteam Zonnerveen' : undefined;
  return { plan, narrative: planNarrative({ plan, conversation, goals, requests, nameOf }) };
}

let validator: Validator;
beforeAll(async () => {
  validator = await openValidator({ packages: [packageDir] });
});
const markup = (div: string): string[] => [...div.matchAll(/<[^>]*>/g)].map(([tag]) => tag);

describe('the plan for the person', () => {
  test('tells who, what and when in short Dutch sentences', () => {
    const { narrative } = told('Wandelen met Zus');
    for (const line of [
      'Op 27 november 2026 hadden we een gesprek met u.',
      'Wandelen met Zus, iemand die zelf veel heeft meegemaakt',
      'Wandelen met Zus (over geld)',
      'We vragen Wijkteam Zonnerveen om u te helpen met geld. We delen alleen wat u goed vindt.',
      'U krijgt hulp van meer dan één kant.',
    ])
      expect(narrative.div).toContain(line);
  });

  test('says nothing of the reasons that professionals give each other', () => {
    expect(told('x').narrative.div).not.toMatch(/depressieve|zrm|ServiceRequest/i);
  });

  test('leaves out a heading that has nothing under it', () => {
    const { plan } = told('x');
    const conversation: Encounter = { resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' } };
    const { div } = planNarrative({
      plan: { ...plan, extension: [], activity: [] },
      conversation,
      goals: [],
      requests: [],
      nameOf: () => undefined,
    });
    expect(div).not.toMatch(/Waar u op kunt bouwen|Wat u wilt bereiken|aan anderen vragen/);
  });

  test('is never markup, whatever people write, and always valid XHTML that reads as it was written', () => {
    const plain = markup(told('x').narrative.div ?? '');
    const nasty = fc.constantFrom(
      '<script>alert(1)</script>',
      '</li></ul><img src=x onerror=y>',
      '&lt;b&gt;',
      ']]>',
      '"\'',
      '\u0000\u0008\ufffe\ud800',
    );
    const words = fc.oneof(
      nasty,
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.tuple(nasty, fc.string(), nasty).map((it) => it.join('')),
    );
    fc.assert(
      fc.property(words, (it) => {
        const { plan, narrative } = told(`w${it}`);
        expect(markup(narrative.div ?? '')).toEqual(plain);
        expect(canonicalXhtml(narrative.div ?? '')).toBeDefined();
        const report = validator.validate({ ...plan, text: narrative });
        expect(
          report.issues.filter((found) => isError(found) && found.expression?.startsWith('CarePlan.text')),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

test('every life domain, role and outcome has its plain words', () => {
  const codesOf = (id: string) =>
    codeSystems.find((it) => it.id === `mgn-${id}`)?.concept?.map(({ code }) => code) ?? [];
  expect(Object.keys(lifeDomainWords).sort()).toEqual([...codesOf('life-domain'), ...codesOf('zrm-domain')].sort());
  expect(Object.keys(roleWords).sort()).toEqual(
    [...codesOf('professional-role'), ...codesOf('participant-kind')].sort(),
  );
  expect(Object.keys(outcomeWords).sort()).toEqual([...codesOf('conversation-outcome')].sort());
});
