/**
 * The CPU time of a message grows in proportion to a list: every element that may repeat, of every form in JSON, in FHIR's JSON and XML
 * and in HL7 v2, read from the models, with items that are right and with items that are not.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeXml } from '../../src/fhir/xml.ts';
import { allFields, segments } from '../../src/mapping/hl7/segments.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { acceptedOrder } from '../support/exchange/conversation-record.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { type Fields, formsInJson, withField } from '../support/exchange/forms-in-json.ts';
import { expectProportion } from '../support/growth.ts';
import { referral } from '../support/hl7v2/referral.ts';
import { isLong } from '../support/long.ts';
import { aboutAnother } from '../support/other-person.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

type Sent = { readonly path: string; readonly as: string; readonly contentType: string; readonly body: string };
type Made = (count: number) => Sent | Promise<Sent>;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
}, 120_000);
afterAll(() => gateway.stop());

/** A record is about an order of which nothing else is stored. */
const newOrder = () => acceptedOrder(gateway, aboutAnother({ body: referralText }).body);

/** Each message is about a person of whom nothing else is stored. */
const expectGrowth = (make: Made): Promise<void> =>
  expectProportion(async (count) => {
    const { path, ...sent } = aboutAnother(await make(count));
    const ask = () => gateway.ask('POST', path, sent);
    // A connection that was idle for long may be closed just then.
    const { value, milliseconds } = await cpuTimeOf(() => ask().catch(ask));
    expect([200, 201, 403, 409, 413, 422], value.text.slice(0, 500)).toContain(value.status);
    expect(value.text.length).toBeLessThan(1_000_000);
    return milliseconds;
  });

/** One of each group of this size, the next one in each next group; all by `npm run test:growth -- --mode long`. */
const some = <T>(all: readonly T[], size: number): T[] =>
  all.filter((_, at) => isLong || at % size === Math.floor(at / size) % size);

const times = <T>(count: number, item: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));

describe.each(formsInJson)('the $form', (it) => {
  const whole = () => it.filled('ServiceRequest/0');
  const lists = it.fields.filter(({ isList }) => isList).map(({ path }) => path);
  const made =
    (path: string, change: (item: unknown, at: number) => unknown): Made =>
    async (count) => ({
      path: it.path,
      as: it.as,
      contentType: 'application/json',
      body: JSON.stringify(
        withField(it, it.filled(it.form === 'conversation-form' ? await newOrder() : undefined), path, (list) =>
          times(count, (at) => change((list as unknown[])[0], at)),
        ),
      ),
    });
  const kinds: readonly (readonly [string, (item: unknown, at: number) => unknown])[] = [
    ['as they should be', (item) => item],
    ['of words', (_, at) => `woorden ${at}`],
    ['with a property of their own', (item, at) => ({ ...(typeof item === 'object' ? item : {}), [`eigen ${at}`]: 1 })],
    ['left empty, for the most part', (item, at) => (at % 2 ? item : '')],
  ];

  test('has lists', () => expect([lists.length > 0, Object.keys(whole()).length > 0]).toEqual([true, true]));
  test.each(
    some(
      lists.flatMap((path) => kinds.map(([kind, change]) => ({ path, kind, change }))),
      kinds.length,
    ),
  )('items of $path $kind', ({ path, change }) => expectGrowth(made(path, change)), 120_000);
});

const root = join(import.meta.dirname, '../..');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8'));

describe('the published Questionnaire', () => {
  const { item: questions = [] } = read<Questionnaire>('profiles/package/Questionnaire-verkennend-gesprek.json');
  /** Between them every question is answered. */
  const responses = ['rich', 'agreed'].map((name) =>
    read<QuestionnaireResponse>(`mappings/conversation/questionnaire/tests/${name}/input.json`),
  );
  const all = (items: readonly QuestionnaireItem[]): QuestionnaireItem[] =>
    items.flatMap((it) => [it, ...all(it.item ?? [])]);
  const repeating = all(questions).filter(({ repeats }) => repeats);

  /** A group repeats as an item, a question as an answer. */
  const repeated = (linkId: string, count: number, of: string): QuestionnaireResponse => {
    const visit = (items: QuestionnaireResponseItem[]): boolean => {
      const at = items.findIndex((it) => it.linkId === linkId);
      const found = items[at];
      if (!found) return items.some((it) => visit(it.item ?? []));
      if (found.answer) found.answer = times(count, () => structuredClone(found.answer![0]!));
      else items.splice(at, 1, ...times(count, () => structuredClone(found)));
      return true;
    };
    const whole = responses.map((it) => structuredClone(it)).find(({ item = [] }) => visit(item));
    if (!whole) throw new Error(`${linkId} is not answered`);
    return { ...whole, basedOn: [{ reference: of }] };
  };
  const made =
    (linkId: string, format: string): Made =>
    async (count) => {
      const whole = repeated(linkId, count, await newOrder());
      const body = format === 'XML' ? writeXml(whole) : JSON.stringify(whole);
      return {
        path: '/fhir',
        as: 'registration-team',
        contentType: format === 'XML' ? 'application/fhir+xml' : 'application/fhir+json',
        body: typeof body === 'string' ? body : '',
      };
    };

  test.each(
    some(
      repeating.flatMap(({ linkId }) => ['JSON', 'XML'].map((format) => ({ linkId, format }))),
      2,
    ),
  )('$linkId in $format', ({ linkId, format }) => expectGrowth(made(linkId, format)), 120_000);
});

describe('REF^I12', () => {
  const examples: Readonly<Record<string, string>> = {
    PRD: 'PRD|RT|Proefpraktijk^A.',
    NK1: 'NK1|1|Proef^Broer|SIB^Broer',
    DG1: 'DG1|1||P03^Somber^ICPC',
    AL1: 'AL1|1||^Pinda',
    NTE: 'NTE|1||Een regel',
    OBR: 'OBR|1|||P^Onderzoek',
    OBX: 'OBX|1|TX|^Uitslag||goed||||||F',
    RF1: 'RF1|P|R^Routine|||AM|V-1||||^Graag een verkennend gesprek',
    PID: 'PID|1||999901102^^^NLMINBIZA^NNNLD||Proefpersoon^Testa||19900228|F',
    ZZA: 'ZZA|1|eigen',
  };
  const send = (lines: readonly string[]): Sent => ({
    path: '/intake/referral',
    as: 'gp-de-linde',
    contentType: 'x-application/hl7-v2+er7; charset=utf-8',
    body: referral(`G-${Math.random()}`, { more: lines }),
  });
  const repeating = Object.keys(examples).filter((name) => segments[name]?.repeats !== false);
  test.each(repeating)(
    'segments %s',
    (name) => expectGrowth((count) => send(times(count, () => examples[name]!))),
    120_000,
  );
  test.each(['OBX', 'OBR'])(
    'notes with one %s',
    (name) => expectGrowth((count) => send([examples[name]!, ...times(count, () => examples.NTE!)])),
    120_000,
  );
  test.each(repeating)(
    'segments %s with a field that is not read',
    (name) => expectGrowth((count) => send(times(count, (at) => `${examples[name]}${'|'.repeat(30)}eigen ${at}`))),
    120_000,
  );

  const fields = Object.keys(examples).flatMap((name) =>
    segments[name]
      ? allFields(segments[name]).flatMap(([position, [field, type]]) =>
          type.endsWith('*') ? [{ name, position, field, type }] : [],
        )
      : [],
  );
  test.each(some(fields, 4))(
    'repetitions of $name-$position $field $type',
    ({ name, position, type }) => {
      const value = type === 'XPN*' || type === 'CE*' ? 'X^Proef' : 'X';
      return expectGrowth((count) => {
        const parts = examples[name]!.split('|');
        while (parts.length <= position) parts.push('');
        parts[position] = times(count, () => parts[position] || value).join('~');
        const line = parts.join('|');
        return name === 'RF1' || name === 'PID'
          ? { ...send([]), body: referral(`G-${Math.random()}`, name === 'RF1' ? { rf1: line } : { pid: line }) }
          : send([line]);
      });
    },
    120_000,
  );
});

test('objections among the consents of a conversation', () => {
  const conversation = formsInJson[1]!;
  return expectGrowth(async (count) => ({
    path: conversation.path,
    as: conversation.as,
    contentType: 'application/json',
    body: JSON.stringify(
      withField(conversation, conversation.filled(await newOrder()), 'consents', (list) =>
        times(count, (at) => (at % 2 ? (list as Fields[])[0] : { given: false, date: '2026-11-27' })),
      ),
    ),
  }));
}, 120_000);

test('the models have elements that repeat', () => {
  const repeating = (fields: readonly { isList: boolean }[]) => fields.filter(({ isList }) => isList).length;
  expect(formsInJson.map(({ fields }) => repeating(fields))).toEqual([6, 12]);
});
