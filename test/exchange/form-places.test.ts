/**
 * A finding about a form is at the field that its sender wrote or left out, once, with line and column, and names neither a
 * line of our map nor an element of FHIR.
 */
import type { Bundle, OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { type Fields, formsInJson, placeOf, sendForm, withField } from '../support/exchange/forms-in-json.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';
import type { Answered } from '../support/test-gateway.ts';

const started = gatewayOfFile();
let order: string;
beforeAll(async () => {
  order = await acceptedOrder(started.gateway, Buffer.from(referralText));
});

const issuesOf = ({ text }: Answered): OperationOutcomeIssue[] => {
  const answer = JSON.parse(text) as Bundle | OperationOutcome;
  if (answer.resourceType === 'OperationOutcome') return answer.issue;
  return (answer.entry ?? []).flatMap(
    ({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue ?? [],
  );
};
const codeOf = ({ details }: OperationOutcomeIssue): string => details?.coding?.at(-1)?.code ?? '';
const lineOf = ({ extension = [] }: OperationOutcomeIssue): string =>
  extension.map(({ valueInteger }) => valueInteger).join(':');
const shown = (it: OperationOutcomeIssue) => `${codeOf(it)} ${it.expression?.[0]} ${lineOf(it)}`;

/** Values that are none of the type. */
const wrongOf: Readonly<Record<string, readonly unknown[]>> = {
  date: ['gisteren', '2026-13-01', '2026-02-30', '27-11-2026', '2026-1-1', 20261127, '  ', true],
  dateTime: ['gisteren', '2026-11-31T10:00:00+01:00', '2026-11-27 10:00', '2026-11-27T10:00:00', '20261127', 7, false],
  boolean: ['ja', 'true', 1, 0, '', 'J'],
  uri: ['geen adres', 7, 'urn:uuid:x'],
  BackboneElement: ['woorden', 7, true],
};
const types = Object.keys(wrongOf);

describe.each(formsInJson)('$form', (it) => {
  const fields = it.fields.filter(({ type }) => types.includes(type));

  test.each(fields)('$path that is no $type is reported there, once', async ({ path, type, isList }) => {
    for (const value of wrongOf[type]!) {
      const whole = it.filled(order);
      const place = placeOf(it, whole, path);
      const answer = await sendForm(
        started.gateway,
        it,
        JSON.stringify(withField(it, whole, path, () => (isList ? [value] : value))),
      );
      // Text that is left empty is absent, except about a consent.
      const isLeftEmpty = typeof value === 'string' && value.trim() === '' && !/consent/.test(path);
      const errors = issuesOf(answer).filter(({ severity }) => severity === 'error');
      const about = `${path} = ${JSON.stringify(value)}: ${errors.map(shown).join(', ')}`;
      expect(answer.text, about).not.toMatch(/\.fml/);
      if (isLeftEmpty) {
        for (const error of errors) expect(error.expression, about).toEqual([place]);
        continue;
      }
      expect(answer.status, about).toBe(422);
      const expected = isList ? `${place}[0]` : place;
      expect(new Set(errors.map(({ expression }) => expression?.[0])), about).toEqual(new Set([expected]));
      const codes = errors.map(codeOf).sort();
      // Of a yes or no about a consent, that nobody knows which it is.
      // A date that the map need not convert is reported by the profiles.
      const allowed = [
        ['form-value-type'],
        ['format'],
        ['consent-value-unread'],
        ['consent-value-unread', 'form-value-type'],
      ];
      expect(allowed, about).toContainEqual(codes);
      for (const error of errors) expect(lineOf(error), about).toMatch(/^\d+:\d+$/);
    }
  });

  test.each(fields)('$path that is empty is not reported twice', async ({ path }) => {
    for (const value of ['', null, [], {}]) {
      const answer = await sendForm(
        started.gateway,
        it,
        JSON.stringify(withField(it, it.filled(order), path, () => value)),
      );
      const found = issuesOf(answer)
        .filter(({ severity }) => severity === 'error')
        .map((error) => `${codeOf(error)} ${error.expression?.[0]}`);
      expect(found, path).toEqual([...new Set(found)]);
      // What one part requires of another is about both.
      for (const each of found)
        expect(each, path).not.toMatch(/^(?!social-consent-missing).* (?:referral|conversation)-form$/);
    }
  });
});

const [form] = formsInJson;
const send = (body: string) => sendForm(started.gateway, form!, body);
const findings = async (body: string): Promise<string[]> =>
  issuesOf(await send(body))
    .filter(({ severity, details }) => severity !== 'information' && details?.coding?.[1]?.code !== 'second-referral')
    .map(shown);
/** The usual form, one field per line, with a member added after the first brace that follows `after`. */
const withMember = (after: string, member: string): string => {
  const text = JSON.stringify(form!.filled(), undefined, 1);
  const at = text.indexOf('{', text.indexOf(after)) + 1;
  return `${text.slice(0, at)}\n${member},${text.slice(at)}`;
};
const lineWith = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

describe('a property that the form does not have', () => {
  test.each([
    ['with a space', 'eigen veld', '?'],
    ['with an empty name', '', '?'],
    ['outside ASCII', 'naïef', '?'],
    ['in another script', '名前', '?'],
    ['with a dot', 'a.b', '?'],
    ['with brackets', 'a[1]', '?'],
    ['with the number of a person', 'bsn999901102', '?'],
    ['with a digit, a dash and an underscore', 'eigen-veld_2', 'eigen-veld_2'],
  ])('%s is named where it is', async (_, name, expected) => {
    for (const [after, path] of [
      ['', ''],
      ['"person"', '.person'],
      ['"organization"', '.referrer.organization'],
      ['"complaint"', '.complaint[0]'],
    ] as const) {
      const body = withMember(after, `${JSON.stringify(name)}: "x"`);
      const line = lineWith(body, `${JSON.stringify(name)}: "x"`);
      expect(await findings(body)).toEqual([`form-value-ignored referral-form${path}.${expected} ${line}:1`]);
    }
  });

  test.each([
    ['birthdate', '.person', '"person"', 'birthDate'],
    ['famillyName', '.person', '"person"', 'familyName'],
    ['reqest', '', '', 'request'],
    ['huisdier', '', '', undefined],
  ])('that is misspelt, %s, is named with the one that was meant', async (name, path, after, meant) => {
    const [found] = issuesOf(await send(withMember(after, `"${name}": "x"`))).filter(
      (it) => codeOf(it) === 'form-value-ignored',
    );
    expect(found?.expression).toEqual([`referral-form${path}.${name}`]);
    expect(found?.details?.text).toMatch(meant ? new RegExp(`Check its name: ${meant}\\.`) : /Check its name\./);
  });

  test.each(['consnt', 'Consetn', 'concent', 'toestmming', 'beswaar', 'givenConsnt'])(
    'that may be a misspelt consent, %s, refuses the form',
    async (name) => {
      const body = withMember('', `"${name}": {"given": false, "date": ""}`);
      const codes = await findings(body);
      expect(codes).toContainEqual(expect.stringContaining(`consent-value-unread referral-form.${name}.given`));
    },
  );

  test.each(['content', 'contact', 'context', 'remission', 'objective'])(
    'of another meaning, %s, does not',
    async (name) => {
      expect(await findings(withMember('', `"${name}": "x"`))).toEqual([
        expect.stringContaining(`form-value-ignored referral-form.${name} `),
      ]);
    },
  );

  test('that holds others is named by each of them, and one about a consent refuses the form', async () => {
    const body = withMember('"person"', '"een deel": {"en nog": ["x", {"é": 1}]}');
    const line = lineWith(body, 'een deel');
    expect(await findings(body)).toEqual([
      `form-value-ignored referral-form.person.?.?[0] ${line}:25`,
      `form-value-ignored referral-form.person.?.?[1].? ${line}:31`,
    ]);
    const refusing = withMember('"person"', '"geen toestemming voor": "x"');
    expect(await findings(refusing)).toEqual([
      `consent-value-unread referral-form.person.? ${lineWith(refusing, 'geen toestemming')}:1`,
    ]);
  });
});

describe('a part that is left out', () => {
  const without = (path: string, value: unknown): string =>
    JSON.stringify(withField(form!, form!.filled(), path, () => value));

  test.each([undefined, null, '', {}, [], [null], { bsn: '' }])('as %j is missed at its own place', async (value) => {
    for (const [path, code] of [
      ['person', 'referral-patient-missing'],
      ['referrer', 'referral-sender-missing'],
      ['referrer.role', 'referral-sender-missing'],
    ] as const)
      expect((await findings(without(path, value)))[0]).toMatch(new RegExp(`^${code} referral-form\\.${path} 1:\\d+$`));
  });

  test('the outcome and the date of a conversation too', async () => {
    const conversation = formsInJson[1]!;
    const { outcome: _, date: __, ...whole } = conversation.filled(order) as Fields;
    const answer = await sendForm(started.gateway, conversation, JSON.stringify(whole));
    const errors = issuesOf(answer).filter(({ severity }) => severity === 'error');
    expect(errors.map((it) => `${codeOf(it)} ${it.expression?.[0]}`)).toEqual([
      'conversation-outcome-missing conversation-form.outcome',
      'conversation-date-missing conversation-form.date',
    ]);
  });

  test('an item that is left empty does not move the others', async () => {
    const body = JSON.stringify({ ...form!.filled(), complaint: ['', null, {}, { icpc: 'P03' }, 'woorden'] });
    expect(await findings(body)).toEqual([
      `form-value-type referral-form.complaint[4] 1:${body.indexOf('"woorden"') + 1}`,
    ]);
  });
});

describe('what is wrong with the text itself', () => {
  test.each([
    [
      'a control character',
      (it: string) => it.replace('"Testa"', '"Tes\\u0000ta"'),
      'character-forbidden',
      'person.givenName',
    ],
    [
      'a control character in a name',
      (it: string) => it.replace('"givenName"', '"given\\u0000"'),
      'character-forbidden',
      'person',
    ],
    [
      'a property twice',
      (it: string) => it.replace('"givenName"', '"bsn":"1","givenName"'),
      'json-duplicate-key',
      'person.bsn',
    ],
    [
      'a number that JSON does not have',
      (it: string) => it.replace('"Testa"', '01'),
      'json-number-invalid',
      'person.givenName',
    ],
  ])('%s is placed as any other finding', async (_, change, code, path) => {
    const answer = await send(change(JSON.stringify(form!.filled())));
    const [found, ...more] = issuesOf(answer);
    expect(more).toEqual([]);
    expect(`${codeOf(found!)} ${found!.expression?.[0]}`).toBe(`${code} referral-form.${path}`);
    expect(lineOf(found!)).toMatch(/^1:\d{2,}$/);
  });

  test('a FHIR resource, or a form that says so, is sent on to where FHIR is accepted', async () => {
    for (const resourceType of ['Bundle', 'Patient', 'ReferralForm', '']) {
      const answer = await send(JSON.stringify({ ...form!.filled(), resourceType }));
      if (resourceType === '') continue;
      expect(issuesOf(answer).map((it) => `${codeOf(it)} ${it.expression?.[0]}`)).toEqual([
        'form-is-resource referral-form.resourceType',
      ]);
      expect(issuesOf(answer)[0]?.details?.text).toContain('FHIR base');
    }
  });
});
