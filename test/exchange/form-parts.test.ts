/**
 * Whatever part of a form is left out or wrong: it is reported at a field of the form, in words of the form, and never as a rule
 * of a profile about the whole, an element of FHIR or a slice.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { type Fields, formsInJson, sendForm } from '../support/exchange/forms-in-json.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const started = gatewayOfFile();
let order: string;
beforeAll(async () => {
  order = await acceptedOrder(started.gateway, Buffer.from(referralText));
});

/** The names without which it is not that form. */
const fixed = new Set(['order', 'linkId', 'resourceType', 'basedOn', 'questionnaire', 'status', 'meta', 'authored']);
const wrong = ['x', '123', '999999999', '9999 ZX', '2030-01-01', '1800', 'more-exploration', 'own-network', '00000000'];

/** A part of the form: `rest` says of each member whether it stays, and what becomes of a text. */
function partOf(value: unknown, share: number, next: () => number): unknown {
  if (Array.isArray(value)) {
    const left = value.filter(() => next() > share).map((it) => partOf(it, share, next));
    return left.length > 0 ? left : undefined;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).flatMap(([name, it]) => {
      if (fixed.has(name)) return [[name, it] as const];
      const part = next() > share ? partOf(it, share, next) : undefined;
      return part === undefined ? [] : [[name, part] as const];
    });
    return Object.fromEntries(members);
  }
  return typeof value === 'string' && next() < share / 4 ? wrong[Math.floor(next() * wrong.length)] : value;
}

const errorsOf = (text: string): OperationOutcomeIssue[] => {
  const answer = JSON.parse(text) as Bundle | OperationOutcome;
  return answer.resourceType === 'OperationOutcome' ? answer.issue.filter(({ severity }) => severity === 'error') : [];
};
const codesOf = ({ details }: OperationOutcomeIssue) => details?.coding?.map(({ code }) => code) ?? [];

/** What one part of the form requires of another is about both; these are in words of the form. */
const aboutBoth: ReadonlySet<string> = new Set(['social-consent-missing']);
/** Rules of profiles about one value, such as the digits of a BSN. */
const ofValues = /^Rule mgn-(?:bsn|agb|ura|kvk|big|uzi|postal-code)\b/;

describe.each(formsInJson)('$form', (form) => {
  test('of any part', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0.05, 0.15, 0.4, 0.7),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        async (share, stream) => {
          const body = JSON.stringify(partOf(form.filled(order), share, () => stream.next().value as number));
          const { status, text } = await sendForm(started.gateway, form, body);
          expect(status, text).toBeLessThan(500);
          for (const it of errorsOf(text)) {
            const about = `${codesOf(it).join()} ${it.expression} ${it.details?.text}: ${body}`;
            if (codesOf(it).some((code) => aboutBoth.has(code ?? ''))) continue;
            expect(it.expression?.[0], about).toMatch(new RegExp(`^${form.form}\\.`));
            if (codesOf(it).includes('invariant')) expect(it.details?.text, about).toMatch(ofValues);
            for (const code of codesOf(it))
              expect(['min', 'max', 'slice-unmatched', 'max-slice'], about).not.toContain(code);
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});

const root = join(import.meta.dirname, '../..');
const sample = (path: string): Fields => JSON.parse(readFileSync(join(root, path), 'utf8')) as Fields;

describe('a finished conversation without a plan', () => {
  const outcomes = ['own-network', 'social-domain', 'combination'];
  test.each(outcomes)('the form: %s', async (outcome) => {
    for (const more of [
      {},
      { question: 'Wie?' },
      { goals: [] },
      { participants: [{ name: 'A', role: 'coordinator' }] },
    ]) {
      const form = formsInJson[1]!;
      const { text } = await sendForm(
        started.gateway,
        form,
        JSON.stringify({ order, date: '2026-11-27', outcome, ...more }),
      );
      expect(errorsOf(text).map((it) => `${codesOf(it).at(-1)} ${it.expression}`)).toEqual([
        'conversation-plan-missing conversation-form.outcome',
      ]);
    }
  });

  test('the Questionnaire', async () => {
    const body = {
      ...sample('mappings/conversation/questionnaire/tests/without-plan/input.json'),
      basedOn: [{ reference: order }],
    };
    const answer = await started.gateway.ask('POST', '/fhir', { as: 'registration-team', body: JSON.stringify(body) });
    expect(errorsOf(answer.text).map((it) => `${codesOf(it).at(-1)} ${it.expression}`)).toEqual([
      'conversation-plan-missing QuestionnaireResponse.item[1].answer[0].valueCoding',
    ]);
  });
});
