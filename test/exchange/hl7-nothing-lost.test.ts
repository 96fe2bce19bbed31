/** Every character of an HL7 v2 message arrives in a resource of the referral, or its place is named to the sender. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeOf, spaced } from '../support/hl7v2/outcome-of.ts';
import { referral, sendReferral } from '../support/hl7v2/referral.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const started = gatewayOfFile();

const placed = ({ findings }: Awaited<ReturnType<typeof sendReferral>>) =>
  findings
    .filter(({ rule }) => rule !== 'second-referral')
    .map(({ severity, rule, at }) => `${severity} ${rule} ${at}`);

describe('34: what is not read is named, with its segment and field', () => {
  test.each([
    ['a segment', ['ZZA|1|eigen veld', 'IN1|1|X'], ['ZZA^1', 'IN1^1']],
    ['each of them', ['ZZA|1|een', 'ZZA|2|twee'], ['ZZA^1', 'ZZA^2']],
    ['a field', ['DG1|1||P03^Somber^ICPC||||||||||||Ernstig'], ['DG1^1^15^1']],
    ['a component', ['DG1|1||P03^Somber^ICPC^^^^^^^extra'], ['DG1^1^3^1^10']],
    ['a subcomponent', ['NK1|1|Proef&&&&&erbij^Broer|SIB^Broer'], ['NK1^1^2^1^1^6']],
    ['a repetition', ['NK1|1|Proef^Broer|SIB^Broer~FND^Vriend'], ['NK1^1^3^2']],
    [
      'a field of a note with a result',
      ['OBX|1|TX|^A||a||||||F', 'OBX|2|TX|^B||b||||||F', 'NTE|1||goed|||||laat'],
      ['NTE^1^8^1'],
    ],
    ['a number that is text', ['NTE|bij de brief||goed'], ['NTE^1^1^1']],
    ['a source of a note', ['NTE|1|P|goed', 'NTE|2|eigen|beter'], ['NTE^1^2^1', 'NTE^2^2^1']],
    [
      'a note without a result',
      ['NTE|1||een', 'OBX|1|TX|^A||a||||||F', 'NTE|1||bij a', 'PV1|1|O', 'NTE|1|||||||los'],
      ['PV1^1', 'NTE^3'],
    ],
  ])('%s', async (_, more, expected) => {
    const sent = await sendReferral(started.gateway, referral(`LOST-${_.replaceAll(' ', '')}`, { more }));
    expect([sent.code, placed(sent)]).toEqual(['AA', expected.map((it) => `W hl7-value-ignored ${it}`)]);
  });

  test('an ordinary message has none', async () => {
    expect(placed(await sendReferral(started.gateway, referral('LOST-0')))).toEqual([]);
  });

  test('the record of the message has them too, and a flood of them is bounded', async () => {
    const requestId = '7c3f0a44-8f0e-4a53-9d0b-0a1f6d1c9e01';
    const body = referral('LOST-R', { more: ['ZZA|1|een'] });
    const answer = await started.gateway.ask('POST', '/intake/referral', {
      as: 'gp-de-linde',
      body,
      contentType: 'x-application/hl7-v2+er7',
      requestId,
    });
    expect(answer.status, answer.text).toBe(200);
    const stored = await started.gateway.store.messageByRequest('gp-de-linde', requestId);
    expect(stored?.messageLog).toContain('ZZA[0]');
    const flood = Array.from({ length: 400 }, (_, at) => `ZZA|${at}|x`);
    const sent = await sendReferral(started.gateway, referral('LOST-F', { more: [...flood, 'ZZB|1|x'] }));
    expect(placed(sent)).toEqual(['W hl7-value-ignored ZZA^1', 'W hl7-value-ignored ZZB^1']);
  });
});

/** Messages after reports of the field; they are not part of this repository. */
const cases = join(import.meta.dirname, '../../../shared/data/field-cases/mapping');
const files = existsSync(cases)
  ? readdirSync(cases, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.hl7'))
  : [];

if (files.length === 0) console.warn(`skipped: messages after reports of the field are not at ${cases}`);

test.skipIf(files.length === 0)(
  'messages after reports of the field: accepted, or refused at their place',
  async () => {
    for (const file of files) {
      const body = readFileSync(join(cases, file));
      const { answer, code, findings } = await sendReferral(started.gateway, body);
      const isRefused = /rf1-rejected|msh11|nul\.hl7/.test(file);
      expect([file, code === 'AA' ? 200 : 'refused'], answer.text).toEqual([file, isRefused ? 'refused' : 200]);
      for (const { at } of findings) expect(at).toMatch(/^[A-Z][A-Z0-9]{2}\^\d+/);
    }
  },
);

/** Text as people and systems write it: escapes, lone delimiters of text, other alphabets, repetitions. */
const piece = fc.oneof(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.constantFrom(
    'é',
    '€',
    'ſ',
    '中',
    '\\E\\',
    '\\F\\',
    '\\S\\',
    '\\T\\',
    '\\R\\',
    '\\.br\\',
    '\\.sp2\\',
    '\\X41\\',
    '\\XC3A9\\',
  ),
  fc.constantFrom('\\', '\\x', 'J:\\b', '1\\2', '"', "'", '<b>', '\n', ' - ', '#', '%', '5^6', 'a & b'),
);
const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((it) => `q${it.join(' ')}z`);

/** Fields that hold text of a person, with the message around a value, and the place that a finding about it has. */
const fields: Readonly<
  Record<string, readonly [parts: (value: string) => Parameters<typeof referral>[1], place: RegExp]>
> = {
  'NTE-3': [(it) => ({ more: [`NTE|1||${it}`] }), /^NTE/],
  'NTE-3 with a result': [(it) => ({ more: ['OBX|1|NM|^X||1||||||F', `NTE|1||${it}`] }), /^OBX\[0\]\.NTE/],
  'OBX-3': [(it) => ({ more: [`OBX|1|NM|^${plain(it)}||1||||||F`] }), /^OBX/],
  'OBX-5 TX': [(it) => ({ more: [`OBX|1|TX|^X||${it}||||||F`] }), /^OBX/],
  'OBX-5 FT': [(it) => ({ more: [`OBX|1|FT|^X||${it}||||||F`] }), /^OBX/],
  'OBX-5 CE': [(it) => ({ more: [`OBX|1|CE|^X||A^${plain(it)}^L||||||F`] }), /^OBX/],
  'OBX-5 of another type': [(it) => ({ more: [`OBX|1|XCN|^X||${it}||||||F`] }), /^OBX/],
  'OBX-7': [(it) => ({ more: [`OBX|1|NM|^X||1||${it}||||F`] }), /^OBX/],
  'OBX of an ED': [(it) => ({ more: [`OBX|1|ED|^${plain(it)}||^application^pdf^Base64^JVBERi0xLjQ=||||||F`] }), /^OBX/],
  'OBR-13': [(it) => ({ more: [`OBR|1|||P^X|||||||||${it}`] }), /^OBR/],
  'OBR-2': [(it) => ({ more: [`OBR|1|${it}||P^X`] }), /^OBR/],
  'RF1-10': [(it) => ({ rf1: `RF1|P|R||||V-1||||^${plain(it)}` }), /^RF1/],
  'RF1-10 in its code': [(it) => ({ rf1: `RF1|P|R||||V-1||||${plain(it)}` }), /^RF1/],
  'RF1-2': [(it) => ({ rf1: `RF1|P|R^${plain(it)}||||V-1||||^x` }), /^RF1/],
  'RF1-1': [(it) => ({ rf1: `RF1|P^${plain(it)}|R||||V-1||||^x` }), /^RF1/],
  'RF1-5': [(it) => ({ rf1: `RF1|P|R|||${plain(it)}|V-1||||^x` }), /^RF1/],
  'DG1-3': [(it) => ({ more: [`DG1|1||P03^${plain(it)}^ICPC`] }), /^DG1/],
  'DG1-3 alternate': [(it) => ({ more: [`DG1|1||P03^x^ICPC^^${plain(it)}`] }), /^DG1/],
  'DG1-4': [(it) => ({ more: [`DG1|1||P03^x^ICPC|${it}`] }), /^DG1/],
  'AL1-3': [(it) => ({ more: [`AL1|1||^${plain(it)}`] }), /^AL1/],
  'AL1-5': [(it) => ({ more: [`AL1|1||^x||${it}`] }), /^AL1/],
  'NK1-2': [(it) => ({ more: [`NK1|1|x^${plain(it)}|SIB^Broer`] }), /^NK1/],
  'NK1-3': [(it) => ({ more: [`NK1|1|x^y|SIB^${plain(it)}`] }), /^NK1/],
  'PID-13 XTN.9': [(it) => ({ pid: `PID|1||||Proef^Testa||||||||0201^PRN^PH^^^^^^${plain(it)}` }), /^PID/],
  'PID-5': [(it) => ({ pid: `PID|1||||Proef^${plain(it)}` }), /^PID/],
  'PID-5 FN': [(it) => ({ pid: `PID|1||||${subcomponent(it)}&van&Proef&de&${subcomponent(it)}^Testa` }), /^PID/],
  'PID-11': [(it) => ({ pid: `PID|1||||Proef^Testa||||||${subcomponent(it)}^${plain(it)}^${plain(it)}` }), /^PID/],
  'PID-6': [(it) => ({ pid: `PID|1||||Proef^Testa|${it}` }), /^PID/],
  'PRD-1': [(it) => ({ prd: [`PRD|PP^${plain(it)}|x^y`] }), /^PRD/],
  'PRD RT': [(it) => ({ prd: [`PRD|RT|${subcomponent(it)}`] }), /^PRD/],
  'PRD of another role': [(it) => ({ prd: [`PRD|CP|${subcomponent(it)}`] }), /^PRD/],
  'a Z segment': [(it) => ({ more: [`ZZA|1|${it}`] }), /^ZZA/],
};

/** Without the delimiters of components: there they are no text. */
const plain = (it: string): string => it.replaceAll('^', '');
const subcomponent = (it: string): string => plain(it).replaceAll('&', '');

/** The characters that a reader sees: escapes decoded, line ends and spaces as one. */
function seen(written: string): string {
  const named: Readonly<Record<string, string>> = {
    E: '\\',
    F: '|',
    S: '^',
    T: '&',
    R: '~',
    '.br': ' ',
    '.sp2': ' ',
    X41: 'A',
    XC3A9: 'é',
  };
  return spaced(written.replace(/\\(E|F|S|T|R|\.br|\.sp2|X41|XC3A9)\\/g, (_, it: string) => named[it]!));
}
test.each(Object.entries(fields))('every character of %s arrives, or its place is named', (_, [parts, place]) => {
  fc.assert(
    fc.property(text, (value) => {
      const { strings, named } = outcomeOf(started.gateway, referral('P-1', parts(value)));
      const isNamed = named.some((it) => place.test(it));
      const wanted = [value, plain(value), subcomponent(value)].map(seen);
      const hasArrived = strings.some((it) => wanted.some((part) => it.includes(part)));
      expect(hasArrived || isNamed, `${value} ${JSON.stringify(named)}`).toBe(true);
    }),
    { numRuns: 60 },
  );
});
