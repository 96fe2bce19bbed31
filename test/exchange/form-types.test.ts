/**
 * Every field of every form in JSON with every type of JSON. In a field for text a number, true or false arrives as it is
 * written; what else is none of its type is reported at the field itself.
 */
import type { Bundle, OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { toGraph } from '../../src/exchange/maps/forms.ts';
import { parseMessage } from '../../src/exchange/reading/sent-message.ts';
import { writeJson } from '../../src/fhir/json.ts';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { formsInJson, placeOf, sendForm, withField } from '../support/exchange/forms-in-json.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';
import type { Answered } from '../support/test-gateway.ts';

const started = gatewayOfFile();
let order: string;
beforeAll(async () => {
  order = await acceptedOrder(started.gateway, Buffer.from(referralText));
});

const texts: ReadonlySet<string> = new Set(['string', 'markdown', 'code']);
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('1.10', '-0', '1e400', '0.1000', '123456789012345678901'),
);
/** A text of JSON with its kind. */
const scalar = fc.oneof(numbers, fc.constantFrom('true', 'false'));
const object = fc.constantFrom('{"x":"y"}', '{"value":7}', '{"x":["y"]}');
const kinds = fc.oneof(
  scalar.map((text) => ({ kind: 'scalar', text })),
  object.map((text) => ({ kind: 'object', text })),
  fc.tuple(fc.constantFrom('"a"', '7', 'true'), object).map((all) => ({ kind: 'mixed', text: `[${all}]` })),
  fc.constantFrom('"a"', '7').map((text) => ({ kind: 'nested', text: `[[${text},{"x":"y"}]]` })),
  fc.constantFrom('""', 'null', '"  "').map((text) => ({ kind: 'empty', text })),
);

const codeOf = ({ details }: OperationOutcomeIssue): string => details?.coding?.at(-1)?.code ?? '';
const errorsOf = ({ text }: Answered): string[] => {
  const answer = JSON.parse(text) as Bundle | OperationOutcome;
  const issues =
    answer.resourceType === 'OperationOutcome'
      ? answer.issue
      : (answer.entry ?? []).flatMap(
          ({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue ?? [],
        );
  return issues.flatMap((it) => (it.severity === 'error' ? [`${codeOf(it)} ${it.expression?.[0]}`] : []));
};
const mark = '@@value@@';

describe.each(formsInJson)('$form', (it) => {
  const fields = it.fields.filter(({ type }) => texts.has(type));
  const textOf = (path: string, json: string) =>
    JSON.stringify(withField(it, it.filled(order), path, () => mark)).replace(`"${mark}"`, json);
  const intake = it.path.split('/').at(-1)!;
  const form = () =>
    started.gateway.running.gateway.forms.find((other) => other.intake === intake && other.reads === 'json')!;
  const made = (body: string) => {
    const parsed = parseMessage({ contentType: 'application/json', intake, body: Buffer.from(body) });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return toGraph(form(), parsed.value, { seed: 'x', now: new Date() });
  };
  const found = (result: ReturnType<typeof made>, severity: 'error' | undefined) =>
    (result.issues ?? [])
      .filter((issue) => !severity || issue.severity === severity)
      .map(({ rule, expression }) => `${rule} ${expression}`);

  test.each(fields)('$path takes text, and reports what is none', ({ path, isList }) => {
    const place = placeOf(it, it.filled(order), path);
    const isInConsent = /consent/i.test(path);
    fc.assert(
      fc.property(kinds, ({ kind, text }) => {
        const result = made(textOf(path, text));
        const errors = found(result, 'error');
        if (kind === 'scalar') {
          // A code, or an address, has its own words: those are reported at the field.
          const asText = made(textOf(path, JSON.stringify(text)));
          expect(found(result, undefined), text).toEqual(found(asText, undefined));
          if (result.ok && asText.ok) expect(writeJson(result.value.graph)).toEqual(writeJson(asText.value.graph));
        } else if (kind === 'empty') {
          if (!isInConsent)
            expect(
              errors.filter((each) => each.startsWith('form-value-type')),
              text,
            ).toEqual([]);
        } else {
          const own = errors.filter((each) => each.split(' ')[1]!.startsWith(place));
          expect(
            own.some((each) => each.startsWith('form-value-type ')),
            `${text}: ${errors}`,
          ).toBe(true);
          if (!isInConsent) expect(errors, text).toEqual(own);
          // Items of a list have their own place.
          if (kind === 'object' || (kind === 'mixed' && !isList))
            expect(own, text).toContain(`form-value-type ${place}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('through HTTP: a number is that text, an object is refused at its field', async () => {
    const wrong: string[] = [];
    for (const { path } of fields) {
      const place = placeOf(it, it.filled(order), path);
      const refused = await sendForm(started.gateway, it, textOf(path, '{"x":"y"}'));
      const errors = errorsOf(refused);
      if (refused.status !== 422 || !errors.includes(`form-value-type ${place}`)) wrong.push(`${path}: ${errors}`);
      for (const value of ['5', 'true']) {
        const sent = await sendForm(started.gateway, it, textOf(path, value));
        const asText = await sendForm(started.gateway, it, textOf(path, `"${value}"`));
        // A second message about the same is another outcome, of the whole.
        const own = (answer: Answered) => errorsOf(answer).filter((each) => each.includes(place));
        if (`${own(sent)}` !== `${own(asText)}`) wrong.push(`${path}: ${own(sent)}, as text ${own(asText)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 180_000);
});

test('a question that is a number is stored as its digits', async () => {
  const conversation = formsInJson.find(({ form }) => form === 'conversation-form')!;
  for (const [written, stored] of [
    ['5', '5'],
    ['1.10', '1.10'],
    ['true', 'true'],
  ] as const) {
    const body = JSON.stringify({ ...conversation.filled(order), question: mark }).replace(`"${mark}"`, written);
    const answer = await sendForm(started.gateway, conversation, body);
    expect(answer.status, answer.text).toBe(200);
    const plan = /CarePlan\/[^/"]+/.exec(answer.text)![0];
    const record = await started.gateway.ask('GET', `/fhir/${plan}`, { as: 'registration-team' });
    expect(record.text).toContain(`"description":"${stored}"`);
  }
});
