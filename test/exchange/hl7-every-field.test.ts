/**
 * Every field, component and subcomponent of every segment that the model of REF^I12 has, each with a value of its own, in
 * the states that change what is read: each value is in the referral, or its segment and field are named to the sender.
 */
import { describe, expect, test } from 'vitest';
import { dataTypes, type Fields, segments } from '../../src/mapping/hl7/segments.ts';
import { type Outcome, outcomeOf } from '../support/hl7v2/outcome-of.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const started = gatewayOfFile();

/** A value of the message with the path by which a finding names it. */
type Value = { readonly text: string; readonly path: string };

type Overrides = Readonly<Record<string, string | undefined>>;

/** Numbers values, so that no two of a message are equal. */
type Filling = { count: number; readonly values: Value[] };

/** A text of its own, or a moment of its own with a zone. */
function newValue(filling: Filling, type: string, path: string): string {
  const number = ++filling.count;
  const text =
    type === 'TS'
      ? `2025${`${1 + (number % 9)}`.padStart(2, '0')}${`${10 + (number % 18)}`}${`${10 + (number % 13)}`}${`${10 + (number % 49)}`}${10 + Math.floor(number / 49)}+0${1 + (number % 9)}45`
      : `Qz${number}q`;
  filling.values.push({ text, path });
  return text;
}

function component(filling: Filling, written: string, path: string): string {
  const [name = '', type = ''] = written.split(':');
  const parts = dataTypes[type];
  if (!parts) return newValue(filling, /date$/i.test(name) ? 'TS' : 'ST', `${path}.${name}`);
  return parts.map((it) => component(filling, it, `${path}.${name}`)).join('&');
}

/** Each component of the field, in two repetitions where it repeats. */
function field(filling: Filling, [name, written]: Fields[number], path: string): string {
  const repeats = written.endsWith('*');
  const parts = dataTypes[written.replace('*', '')];
  const one = (index: number): string => {
    const place = `${path}.${name}${repeats ? `[${index}]` : ''}`;
    return parts
      ? parts.map((it) => component(filling, it, place)).join('^')
      : newValue(filling, written.replace('*', ''), place);
  };
  return repeats ? `${one(0)}~${one(1)}` : one(0);
}

/** The segment with all of its fields, but those that `overrides` has by their position; an empty one is left out. */
function segment(filling: Filling, name: string, path: string, overrides: Overrides = {}): string {
  const { fields, choices = {} } = segments[name]!;
  const result: string[] = [name];
  for (const [position, given] of Object.entries(fields)) {
    const choice = choices[Number(position)];
    const chosen = choice?.of[overrides[choice.by] ?? ''] ?? given;
    result[Number(position)] = overrides[position] ?? field(filling, chosen, path);
  }
  for (const [position, text] of Object.entries(overrides)) if (text !== undefined) result[Number(position)] = text;
  return Array.from(result, (it) => it ?? '').join('|');
}

const headOverrides: Overrides = {
  1: '^~\\&',
  9: 'REF^I12^REF_I12',
  10: 'EVERY-1',
  11: 'P',
  12: '2.5',
  18: 'UNICODE UTF-8',
};

/** MSH-1 is the separator itself. */
const head = (filling: Filling, overrides: Overrides = {}): string =>
  segment(filling, 'MSH', 'MSH', { ...headOverrides, ...overrides }).replace('MSH|^~\\&||', 'MSH|^~\\&|');

const personOverrides: Overrides = { 1: '1', 3: '999901102^^^NLMINBIZA^NNNLD', 7: '19900228', 8: 'F' };
const referrer = 'RP^Referring provider';

/** The segments of a message, each replaced by those that `parts` has. */
type Parts = {
  readonly msh?: Overrides;
  readonly rf1?: Overrides;
  readonly pid?: Overrides;
  readonly prd?: Overrides;
  readonly more?: (filling: Filling) => string[];
};

function outcome({ msh, rf1, pid, prd, more }: Parts): { outcome: Outcome; values: readonly Value[] } {
  const filling: Filling = { count: 0, values: [] };
  const lines = [
    head(filling, msh ?? { 7: '20261116103000+0100' }),
    rf1 ? segment(filling, 'RF1', 'RF1', { 1: 'P', 7: '', 8: '', ...rf1 }) : 'RF1|P|R||||V-1||||^Graag',
    prd
      ? segment(filling, 'PRD', 'PRD[0]', { 1: referrer, ...prd })
      : 'PRD|RP|Arts^H.||^^^Huisartsenpraktijk De Linde&2.16.528.1.1007.3.3.99990101&ISO|||01999911^AGB',
    pid ? segment(filling, 'PID', 'PID', { ...personOverrides, ...pid }) : 'PID|1||||Proef^Testa||19900228|F',
    ...(more?.(filling) ?? []),
  ];
  return { outcome: outcomeOf(started.gateway, lines.map((it) => `${it}\r`).join('')), values: filling.values };
}

/** The forms in which a value may be read. */
function formsOf(text: string): readonly string[] {
  const moment = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)(\d\d)$/.exec(text);
  if (!moment) return [text];
  const [, year, month, day, hour, minute, second, zone, rest] = moment;
  const date = `${year}-${month}-${day}`;
  return [
    text,
    `${date}T${hour}:${minute}:${second}${zone}:${rest}`,
    `${date} ${hour}:${minute} ${second}${zone}${rest}`,
  ];
}

/** Values that describe the message or its protocol, and state nothing about the referral. */
const ofProtocol =
  /^MSH\.(?:sendingApplication|sendingFacility|receiving\w+)\b|\.(?:sourceOfComment|nameRepresentationCode)$|\.nameRepresentationCode$/;

/** A note with a result is a segment of its own to its sender: `OBX^1` does not name it. */
const segmentPath = (path: string): string =>
  /^(?:[A-Z][A-Z0-9]{2}(?:\[\d+\])?)(?:\.[A-Z][A-Z0-9]{2}\[\d+\])?/.exec(path)?.[0] ?? path;

const isNamed = (path: string, named: readonly string[]): boolean =>
  named.some(
    (it) =>
      (path === it || path.startsWith(`${it}.`) || path.startsWith(`${it}[`)) && segmentPath(path) === segmentPath(it),
  );

function lostOf(parts: Parts): string[] {
  const { outcome: found, values } = outcome(parts);
  expect(found.graph, JSON.stringify(found.issues)).toBeDefined();
  return values
    .filter(({ path }) => !ofProtocol.test(path))
    .filter(
      ({ text }) =>
        !formsOf(text).some((form) => found.strings.some((it) => it.toLowerCase().includes(form.toLowerCase()))),
    )
    .filter(({ path }) => !isNamed(path, found.named))
    .map(({ path, text }) => `${path} ${text}`);
}

const results = ['F', '', 'W', 'D', 'P', 'C', 'X', 'w'];
const valueTypes = ['TX', 'CE', 'CWE', 'SN', 'ED', 'RP', 'XCN'];
const dates = ['', '20260101', '20260101103000+0145', '20260101103000', 'gisteren'];

const cases: readonly (readonly [string, Parts])[] = [
  ['MSH', { msh: {} }],
  ...['', '20261116', '202611'].flatMap((end): [string, Parts][] => [
    [`RF1 with the end ${end}`, { rf1: { 8: end } }],
    [`RF1 with the start ${end}`, { rf1: { 7: end } }],
  ]),
  ['RF1 with an alternate reason', { rf1: { 9: '' } }],
  ...['RP', 'RT', 'PP', 'CP', ''].flatMap((role): [string, Parts][] => [
    [
      `PRD of role ${role}, beside the referrer`,
      { more: (filling) => [segment(filling, 'PRD', 'PRD[1]', { 1: role })] },
    ],
  ]),
  ['PRD of the referrer', { prd: {} }],
  ['PRD of the referrer without an organisation', { prd: { 10: '' } }],
  ['PRD of the referrer without organisation and place', { prd: { 10: '', 4: '' } }],
  ['PRD with roles in words', { prd: { 1: 'RP^Verwijzer~PP^Eigen huisarts' } }],
  ...dates.flatMap((death) =>
    ['', 'Y', 'N'].map((died): [string, Parts] => [
      `PID with PID-29 '${death}' and PID-30 '${died}'`,
      { pid: { 29: death, 30: died } },
    ]),
  ),
  ['PID with a value of its own in PID-29 and PID-30', { pid: {} }],
  ['PID without a BSN', { pid: { 3: '1234^^^Praktijk^PI~5678^^^Elders^PT' } }],
  ['PID with its own moment of birth', { pid: { 7: '19900228103000+0145' } }],
  ['NK1', { more: (filling) => [segment(filling, 'NK1', 'NK1[0]', { 1: '1' })] }],
  ['DG1', { more: (filling) => [segment(filling, 'DG1', 'DG1[0]', { 1: '1' })] }],
  ['DG1 without a code', { more: (filling) => [segment(filling, 'DG1', 'DG1[0]', { 1: '1', 3: '' })] }],
  ['DG1 without code and description', { more: (filling) => [segment(filling, 'DG1', 'DG1[0]', { 3: '', 4: '' })] }],
  ['AL1', { more: (filling) => [segment(filling, 'AL1', 'AL1[0]', { 1: '1' })] }],
  ['AL1 without allergen', { more: (filling) => [segment(filling, 'AL1', 'AL1[0]', { 3: '' })] }],
  ['AL1 without allergen and reaction', { more: (filling) => [segment(filling, 'AL1', 'AL1[0]', { 3: '', 5: '' })] }],
  ['NTE', { more: (filling) => [segment(filling, 'NTE', 'NTE[0]', { 1: '1' })] }],
  ['NTE without text', { more: (filling) => [segment(filling, 'NTE', 'NTE[0]', { 1: '1', 3: '' })] }],
  ['OBR', { more: (filling) => [segment(filling, 'OBR', 'OBR[0]', { 1: '1' })] }],
  ['OBR of other fields', { more: (filling) => [segment(filling, 'OBR', 'OBR[0]', { 4: '', 13: '' })] }],
  [
    'OBR with a note',
    {
      more: (filling) => [
        segment(filling, 'OBR', 'OBR[0]', { 4: '', 13: '', 31: '' }),
        segment(filling, 'NTE', 'OBR[0].NTE[0]', { 1: '1' }),
      ],
    },
  ],
  ...valueTypes.flatMap((type) =>
    results.map((status): [string, Parts] => [
      `OBX of type ${type} with status '${status}', and its note`,
      {
        more: (filling) => [
          segment(filling, 'OBX', 'OBX[0]', { 1: '1', 2: type, 4: '1', 11: status }),
          segment(filling, 'NTE', 'OBX[0].NTE[0]', { 1: '1' }),
        ],
      },
    ]),
  ),
  [
    'OBX without a value',
    { more: (filling) => [segment(filling, 'OBX', 'OBX[0]', { 2: 'TX', 3: '', 4: '', 5: '', 11: 'F' })] },
  ],
  ['OBX of its own status and sub-id', { more: (filling) => [segment(filling, 'OBX', 'OBX[0]', { 2: 'TX' })] }],
];

test.each(cases)('%s', (_, parts) => {
  expect(lostOf(parts)).toEqual([]);
});

describe('each field by itself', () => {
  const alone = Object.entries(segments)
    .filter(([name]) => name !== 'MSH' && name !== 'MSA')
    .flatMap(([name, { fields }]) => Object.keys(fields).map((position): [string, string] => [name, position]))
    // A status refuses the message; a role without a provider, and the type and status of no result, state nothing.
    .filter((it) => !['RF1-1', 'PRD-1', 'OBX-2', 'OBX-11'].includes(it.join('-')));
  test.each(alone)('%s-%s', (name, position) => {
    const others = Object.fromEntries(
      Object.keys(segments[name]!.fields)
        .filter((it) => it !== position)
        .map((it) => [it, '']),
    );
    const path = segments[name]!.repeats ? `${name}[${name === 'PRD' ? 1 : 0}]` : name;
    const parts: Parts =
      name === 'RF1'
        ? { rf1: others }
        : name === 'PID'
          ? { pid: { ...others, 5: 'Proef^Testa', 7: '19900228', 8: 'F', [position]: undefined } }
          : { more: (filling) => [segment(filling, name, path, others)] };
    expect(lostOf(parts)).toEqual([]);
  });
});

describe('adding a value changes the referral or is reported', () => {
  const same = (parts: Parts, other: Parts): boolean => {
    const seen = ({ outcome: { graph, issues } }: ReturnType<typeof outcome>) =>
      JSON.stringify([graph, issues.map(({ rule, expression }) => [rule, expression])]);
    return seen(outcome(parts)) === seen(outcome(other));
  };
  test.each(dates.flatMap((death) => ['Y', 'N', 'X'].map((died) => [death, died] as const)))(
    "PID-29 '%s': PID-30 %s",
    (death, died) => {
      // A date of death states that the person died.
      const isStated = died === 'Y' && /^\d/.test(death);
      expect(same({ pid: { 29: death, 30: '' } }, { pid: { 29: death, 30: died } })).toBe(isStated);
    },
  );
  test.each([
    ['20261116', '20261116103000'],
    ['20261116', '20261116+0100'],
    ['202611', '202611+0100'],
    ['2026', '2026+0100'],
    ['20261116103000+0100', '20261116103000-0500'],
  ])('MSH-7 %s and %s', (one, other) => {
    expect(same({ msh: { 7: one } }, { msh: { 7: other } })).toBe(false);
  });
});
