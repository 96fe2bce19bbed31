/**
 * Every field of every form, filled in as hurried people and new programs do: missing, empty, of another type, in words,
 * as a list. It is accepted, or reported at that field in terms of the form; never as an element or slice of FHIR, which
 * its sender did not write.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Bundle,
  OperationOutcome,
  OperationOutcomeIssue,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { type Fields, formsInJson, sendForm, withField } from '../support/exchange/forms-in-json.ts';
import { sendReferral } from '../support/hl7v2/referral.ts';
import { isLong } from '../support/long.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';
import type { Answered } from '../support/test-gateway.ts';

const root = join(import.meta.dirname, '../..');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8'));
const referral = readFileSync(join(root, 'examples/messages/001-referral-as-collection/input.json'));

const started = gatewayOfFile();
let order: string;
beforeAll(async () => {
  order = await acceptedOrder(started.gateway, referral);
});

const issuesOf = ({ text }: Answered): OperationOutcomeIssue[] => {
  const answer = JSON.parse(text) as Bundle | OperationOutcome;
  if (answer.resourceType === 'OperationOutcome') return answer.issue;
  return (answer.entry ?? []).flatMap(
    ({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue ?? [],
  );
};
const codeOf = ({ details }: OperationOutcomeIssue): string => details?.coding?.at(-1)?.code ?? '';

/** Codes of the validator and of running maps for the structure of a resource. */
const ofStructure =
  /^(?:min|max|slice-.*|format|type-.*|binding-.*|code-unknown|reference-.*|value-.*|element-.*|map-.*|required|unknown-.*)$/;
/** `Task.authoredOn`, `Slice useCase of`, `Extension.value[x]`. */
const elementOfFhir = /\b(?!QuestionnaireResponse\b)[A-Z][A-Za-z]+\.[a-z]\w+|\b[Ss]lice\b/;

/** What a sender of the form cannot place, of findings that are no information. */
const strange = (answer: Answered, form: string): string[] =>
  issuesOf(answer)
    .filter(({ severity }) => severity !== 'information')
    .flatMap((it) => {
      const place = it.expression?.[0] ?? '';
      const text = it.details?.text ?? '';
      const isOfForm = place === form || place.startsWith(`${form}.`) || place.startsWith(`${form}[`);
      // What is no date, at its field.
      if (isOfForm && place !== form && codeOf(it) === 'format') return [];
      return isOfForm && !ofStructure.test(codeOf(it)) && !elementOfFhir.test(text)
        ? []
        : [`${codeOf(it)} ${place}: ${text}`];
    });

/** Of all combinations of a field and a mistake `npm test` sends every eighth, which has each field and each mistake. */
const isSent = (field: number, mistake: number): boolean => isLong || (field + 3 * mistake) % 8 === 0;

type Value = unknown;
const one = (value: Value): Value => (Array.isArray(value) ? value[0] : value);
const mistakes: readonly (readonly [string, (value: Value) => Value])[] = [
  ['missing', () => undefined],
  ['empty', () => ''],
  ['null', () => null],
  ['a number', () => 7],
  ['true', () => true],
  ['an object', () => ({ x: 'y' })],
  ['an empty object', () => ({})],
  ['words', () => 'iets anders'],
  ['twice', (it) => [one(it), one(it)]],
  ['a list', (it) => [one(it)]],
  ['no list', one],
  ['a list of null', () => [null]],
  ['an empty list', () => []],
  ['a list within a list', (it) => [[one(it)]]],
];

describe.each(formsInJson)('$form', (it) => {
  const { form } = it;
  const fields = it.fields.map(({ path }) => path);
  const changed = (field: string, change: (value: Value) => Value) => withField(it, it.filled(order), field, change);
  const post = (whole: Fields) => sendForm(started.gateway, it, JSON.stringify(whole));

  test('as filled in here is accepted', async () => {
    const answer = await post(it.filled(order));
    expect(answer.status, answer.text).toBe(200);
  });

  test.each(mistakes)(
    'each field with %s is accepted, or reported in terms of the form',
    async (name, change) => {
      const wrong: string[] = [];
      const mistake = mistakes.findIndex(([it]) => it === name);
      for (const field of fields.filter((_, index) => isSent(index, mistake))) {
        const answer = await post(changed(field, change));
        if (![200, 403, 422].includes(answer.status)) wrong.push(`${field}: ${answer.status} ${answer.text}`);
        wrong.push(...strange(answer, form).map((it) => `${field}: ${it}`));
      }
      expect(wrong).toEqual([]);
    },
    180_000,
  );
});

describe('HL7 v2', () => {
  const lines = readFileSync(join(root, 'mappings/hl7v2/tests/typical/input.hl7'), 'latin1')
    .trimEnd()
    .split(/[\r\n]+/);
  // A value that is not of its type, at its field; numbers of a register that FHIR has no code for.
  const elsewhere = /^(?:map-cast-failed|binding-text-only)$/;

  test.each([
    ['missing', ''],
    ['null', '""'],
    ['words', 'iets anders'],
    ['a number', '7'],
  ])(
    'each field with %s is accepted, or reported in terms of the message',
    async (what, value) => {
      const wrong: string[] = [];
      let field = 0;
      for (const [at, line] of lines.entries()) {
        const fields = line.split('|');
        for (const position of fields.keys()) {
          // The delimiters, and what says that it is this message.
          if (position === 0 || (at === 0 && [1, 8, 9].includes(position)) || fields[position] === '') continue;
          if (!isSent(field++, what.length)) continue;
          const changed = lines.with(at, fields.with(position, value).join('|'));
          const head = changed[0]!.split('|').with(9, `F-${what}-${at}-${position}`).join('|');
          const { code, findings } = await sendReferral(
            started.gateway,
            Buffer.from(changed.with(0, head).join('\r'), 'latin1'),
          );
          const place = `${fields[0]}-${position}`;
          if (!['AA', 'AE', 'AR'].includes(code ?? '')) wrong.push(`${place}: ${code}`);
          for (const { at: where = '', rule = '', en = '' } of findings) {
            const words = en.replace(/\S+\.fml:\d+ \([^)]*\)/, '');
            const isOfFhir = (ofStructure.test(rule) && !elsewhere.test(rule)) || elementOfFhir.test(words);
            if (isOfFhir || !/^[A-Z][A-Z0-9]{2}\b/.test(where)) wrong.push(`${place}: ${rule} ${where}: ${en}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
    180_000,
  );
});

describe('the published Questionnaire', () => {
  const { item: questions = [] } = read<Questionnaire>('profiles/package/Questionnaire-verkennend-gesprek.json');
  const all = (items: readonly QuestionnaireItem[]): QuestionnaireItem[] =>
    items.flatMap((it) => [it, ...all(it.item ?? [])]);
  const response = read<QuestionnaireResponse>('mappings/conversation/questionnaire/tests/rich/input.json');
  const form = 'QuestionnaireResponse';

  /** The last item of that name: of the requests, the one with everything. */
  const changed = (linkId: string, change: (items: QuestionnaireResponseItem[], at: number) => void) => {
    const whole = { ...structuredClone(response), basedOn: [{ reference: order }] };
    let isDone = false;
    const visit = (items: QuestionnaireResponseItem[]): void => {
      const found = items.findLastIndex((it) => it.linkId === linkId);
      if (found >= 0 && !isDone) {
        isDone = true;
        change(items, found);
      } else for (const it of items.toReversed()) visit(it.item ?? []);
    };
    visit(whole.item!);
    return whole;
  };
  const ofAnswers: readonly (readonly [string, (items: QuestionnaireResponseItem[], at: number) => void])[] = [
    ['missing', (items, at) => items.splice(at, 1)],
    ['without an answer', (items, at) => delete items[at]!.answer],
    ['a number', (items, at) => Object.assign(items[at]!, { answer: [{ valueInteger: 7 }] })],
    ['words', (items, at) => Object.assign(items[at]!, { answer: [{ valueString: 'iets anders' }] })],
    [
      'an unknown code',
      (items, at) =>
        Object.assign(items[at]!, { answer: [{ valueCoding: { system: 'https://example.org', code: 'x' } }] }),
    ],
    ['twice', (items, at) => items.splice(at, 0, structuredClone(items[at]!))],
    ['two answers', (items, at) => items[at]!.answer?.push(...structuredClone(items[at]!.answer!))],
  ];

  test.each(ofAnswers)(
    'each question with %s is accepted, or reported at its item',
    async (name, change) => {
      const wrong: string[] = [];
      const mistake = ofAnswers.findIndex(([it]) => it === name);
      for (const { linkId } of all(questions).filter((_, index) => isSent(index, mistake))) {
        const body = JSON.stringify(changed(linkId, change));
        const answer = await started.gateway.ask('POST', '/fhir', { as: 'registration-team', body });
        if (![200, 403, 422].includes(answer.status)) wrong.push(`${linkId}: ${answer.status} ${answer.text}`);
        wrong.push(...strange(answer, form).map((it) => `${linkId}: ${it}`));
      }
      expect(wrong).toEqual([]);
    },
    180_000,
  );
});
