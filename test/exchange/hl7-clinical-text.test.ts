/** What a GP system writes in HL7 v2 reaches the receiver as it was written, or the sender is told what did not. */
import type { Composition, DocumentReference, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { deliveredBy, ofType, type Parts, referral, sendReferral, withHead } from '../support/hl7v2/referral.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const file = gatewayOfFile(['registration-team']);
const team = () => file.sinkOf('registration-team');
let count = 0;

/** Sends the message, and waits for what the receiver got of it. */
async function received(parts: Parts, written: (text: string) => string | Buffer = (it) => it) {
  const control = `TXT-${++count}`;
  const { answer, code, findings } = await sendReferral(file.gateway, written(referral(control, parts)));
  expect(code, answer.text).toBe('AA');
  await expect.poll(() => deliveredBy(team(), control)).not.toEqual([]);
  const resources = deliveredBy(team(), control);
  const sections = ofType<Composition>(resources, 'Composition')[0]?.section ?? [];
  const letter = sections.map(({ title, text }) => [title, plain(text?.div)].filter((it) => it).join(': ')).join('\n');
  // Every message of this file is about the same person.
  const warnings = findings.filter(({ rule }) => rule !== 'second-referral');
  return { resources, letter, sections, warnings: warnings.map(({ rule, at }) => `${rule} ${at}`) };
}

const plain = (div = ''): string =>
  div
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('29: escapes', () => {
  test.each([
    ['a path', 'Zie J:\\dossier\\brief; en bel', 'Zie J:\\dossier\\brief; en bel'],
    ['fractions', 'GAF 5\\6 en later 7\\8', 'GAF 5\\6 en later 7\\8'],
    ['a backslash at the end', 'Zie map\\', 'Zie map\\'],
    ['a delimiter beside one', 'A\\F\\B \\ C\\T\\D', 'A|B \\ C&D'],
  ])('a backslash that starts no escape is text: %s', async (_, written, expected) => {
    const { letter, warnings } = await received({ more: [`NTE|1||${written}`] });
    expect([letter, warnings]).toEqual([expected, []]);
  });

  test.each([
    ['8859/1', 'caf\\XE9\\', 'café'],
    ['UNICODE UTF-8', 'caf\\XC3A9\\', 'café'],
    ['UNICODE UTF-8', 'caf\\XC3\\\\XA9\\', 'café'],
    ['8859/15', 'bedrag \\XA4\\ 10', 'bedrag € 10'],
  ])('hexadecimal characters are of the character set of the message: %s %s', async (charset, written, expected) => {
    const sent = await received({ msh: withHead({ 18: charset }), more: [`NTE|1||${written}`] });
    expect([sent.letter, sent.warnings]).toEqual([expected, []]);
  });

  test('bytes of another character set stay as they are, and are named', async () => {
    const { letter, warnings } = await received({ more: ['NTE|1||caf\\XE9\\ en thee'] });
    expect([letter, warnings]).toEqual(['caf\\XE9\\ en thee', ['hl7-escape-ignored NTE^1^3^1']]);
  });

  test("an escape of the sender's own is named", async () => {
    const { letter, warnings } = await received({ more: ['NTE|1||voor\\Zkader1\\na', 'NTE|2||gewoon'] });
    expect([letter, warnings]).toEqual(['voorna\ngewoon', ['hl7-escape-ignored NTE^1^3^1']]);
  });

  test.each([
    ['een\\.br\\twee', 'een\ntwee'],
    ['een\\.sp3\\twee', 'een\n\n\ntwee'],
    ['een\\.sp+1\\twee', 'een\ntwee'],
    ['een\\.in+4\\twee', 'een\n    twee'],
    ['een\\.ti2\\twee', 'een\n  twee'],
    ['een\\.ce\\twee', 'een\ntwee'],
    ['een\\.sk3\\twee', 'een   twee'],
    ['een\\.fi\\twee\\.nf\\drie', 'een\ntwee\ndrie'],
  ])('formatting commands never run words together: %s', async (written, expected) => {
    const { letter } = await received({ more: [`OBX|1|FT|^Brief||${written}||||||F`] });
    expect(letter).toBe(`Brief: ${expected}`);
  });

  test('a blank line between the notes is no text', async () => {
    const { letter, warnings } = await received({ more: ['NTE|1||een', 'NTE|2||\\.br\\', 'NTE|3|| ', 'NTE|4||twee'] });
    expect([letter, warnings]).toEqual(['een\ntwee', []]);
  });

  test.each([
    ['in the middle', 'regel een\nregel twee', 'regel een\nregel twee'],
    ['with an empty line', 'een\n\ntwee', 'een\n\ntwee'],
    ['as Windows writes it', 'een\r\ntwee', 'een\r\ntwee'],
  ])('a line feed inside a field is part of its text: %s', async (_, written, expected) => {
    const { letter, resources } = await received({ more: [`NTE|1||${written}`, 'DG1|1||P03^Somber^ICPC'] });
    expect([letter.replaceAll('&#13;', '\r'), ofType(resources, 'Condition')]).toEqual([expected, [expect.anything()]]);
  });
});

describe('30: results', () => {
  test.each([
    ['CE', 'OBX|1|CE|^Risico||LA0000-1^Matig verhoogd^LN||||||F', 'Risico: Matig verhoogd (LA0000-1, LN)'],
    [
      'CWE with its original text',
      'OBX|1|CWE|^Risico||M^Matig^L^^^^^^zoals de huisarts zegt||||||F',
      'Risico: Matig / zoals de huisarts zegt (M, L)',
    ],
    [
      'CE repeated',
      'OBX|1|CE|^Klacht||A^Angst^L~S^Slecht slapen^L||||||F',
      'Klacht: Angst (A, L)\nSlecht slapen (S, L)',
    ],
    ['SN', 'OBX|1|SN|^Glazen||>^20||||||F', 'Glazen: >20'],
    ['SN range', 'OBX|1|SN|^Glazen||^10^-^20||||||F', 'Glazen: 10-20'],
    [
      'NM with unit and flag',
      'OBX|1|NM|^PHQ-9||21|pt^punten|0-4|H|||F',
      'PHQ-9: 21 punten (pt)\nAbnormal flag: H (high)\nReference range: 0-4',
    ],
    [
      'NM with a unit of UCUM',
      'OBX|1|NM|^Gewicht||71.50|kg^^UCUM||N|||F',
      'Gewicht: 71.50 kg\nAbnormal flag: N (normal)',
    ],
    [
      'a caret in text',
      'OBX|1|TX|^Notitie||leuko 4 x 10^9/l; verder & goed||||||F',
      'Notitie: leuko 4 x 10^9/l; verder & goed',
    ],
    ['a string', 'OBX|1|ST|^Notitie||1^2^3||||||F', 'Notitie: 1^2^3'],
    ['a type of its own', 'OBX|1|CQ|^Dosis||5^mg||||||F', 'Dosis: 5^mg'],
    ['without a type', 'OBX|1||^Notitie||vrije tekst||||||F', 'Notitie: vrije tekst'],
    ['a code without words', 'OBX|1|TX|X-1^^99HIS||ja||||||F', 'X-1, 99HIS: ja'],
    ['a preliminary one', 'OBX|1|TX|^Lab||nog niet zeker||||||P', 'Lab: nog niet zeker\nStatus: preliminary'],
    ['its moment', 'OBX|1|TX|^Lab||goed||||||F|||20261101093000', 'Lab: goed\nObserved: 2026-11-01 09:30 '],
  ])('the value of a result arrives whole: %s', async (_, segment, expected) => {
    const { letter, warnings } = await received({ more: [segment] });
    expect([letter, warnings]).toEqual([expected, []]);
  });

  test.each([
    ['NTE', (text: string): Parts => ({ more: [`NTE|1||${text}`] }), (it: Letter) => it.letter],
    [
      'RF1-10',
      (text: string): Parts => ({ rf1: `RF1|P|R||||V-1||||^${text.replaceAll('^', '\\S\\')}` }),
      (it: Letter) => orderOf(it).reasonCode?.[0]?.text,
    ],
    [
      'DG1-4',
      (text: string): Parts => ({ more: [`DG1|1||P03^Somber^ICPC|${text}`] }),
      (it: Letter) => JSON.stringify(ofType(it.resources, 'Condition')),
    ],
  ] as const)('text after ^ and & in a text field is text: %s', async (_, parts, found) => {
    for (const text of ['10^3 verhoogd & meer', 'A & B', 'x^y&z'])
      expect(found(await received(parts(text)))).toContain(text);
  });

  test.each([
    ['wrong', 'W', 'Van een ander'],
    ['deleted', 'D', 'Weggehaald'],
    ['deleted, in lower case', 'd', 'Weggehaald'],
  ])('a result that was withdrawn is no result: %s', async (_, status, text) => {
    const more = [`OBX|1|TX|^Eerder||${text}||||||${status}`, 'NTE|1||ook weg', 'OBX|2|TX|^Nu||goed||||||F'];
    const { letter, warnings } = await received({ more });
    expect([letter, warnings]).toEqual(['Nu: goed', ['hl7-result-withdrawn OBX^1', 'hl7-value-ignored NTE^1']]);
    const alone = await received({ more: more.slice(0, 1) });
    expect(JSON.stringify(alone.resources)).not.toContain(text);
  });

  test('a note belongs to the result, or the order, that it follows', async () => {
    const more = [
      'OBX|1|NM|^PHQ-9||21||||||F',
      'NTE|1||afgenomen aan tafel',
      'NTE|2||samen met partner',
      'OBX|2|NM|^GAD-7||9||||||F',
    ];
    const { sections } = await received({ more: [...more, 'PV1|1|O', 'NTE|1||los'] });
    expect(sections.map(({ text }) => plain(text?.div))).toEqual(
      ['21\nafgenomen aan tafel\nsamen met partner', '9', 'los'].toSorted(),
    );
    const order = await received({
      more: ['OBR|1|||PAN^Vragenlijsten', 'NTE|1||door de POH', 'OBX|1|NM|^PHQ-9||21||||||F'],
    });
    expect(order.letter).toBe('Vragenlijsten (PAN): door de POH\nPHQ-9: 21');
  });

  test.each([' W', 'W ', ' w ', ' D', '\tW'])('OBX-11 %j is a result that was withdrawn', async (status) => {
    const more = [`OBX|1|TX|^Glucose||verwisseld||||||${status}`, 'OBX|2|TX|^Natrium||goed||||||F '];
    expect(await received({ more })).toMatchObject({
      letter: 'Natrium: goed',
      warnings: ['hl7-result-withdrawn OBX^1'],
    });
  });

  test('a code that looks like a table of HL7 stands beside its text, and the name of a table does not', async () => {
    const more = [
      'OBX|1|CE|HL70004^Soort^HL70396||HL70001^Uitslag^L||||||F',
      'OBX|2|CE|^Tweede||^Goed^HL70078^HL70002^Prima^HL70078||||||F',
    ];
    const { letter } = await received({ more });
    expect(letter).toBe('Soort (HL70004): Uitslag (HL70001, L)\nTweede: Goed / Prima (HL70002)');
  });

  test.each([
    [
      'ED, Base64',
      'ED',
      '^application^pdf^Base64^JVBERi0xLjQ=',
      { contentType: 'application/pdf', data: 'JVBERi0xLjQ=' },
    ],
    [
      'ED as systems write it',
      'ED',
      'HIS^AP^PDF^Base64^JVBERi0xLjQ=',
      { contentType: 'application/pdf', data: 'JVBERi0xLjQ=' },
    ],
    ['ED as text', 'ED', '^TEXT^plain^A^goed', { contentType: 'text/plain', data: 'Z29lZA==' }],
    [
      'RP',
      'RP',
      'https://his.example.org/brief/1?a=1&b=2^^AP^PDF',
      { contentType: 'application/pdf', url: 'https://his.example.org/brief/1?a=1&b=2' },
    ],
  ])('a document is a DocumentReference: %s', async (_, type, value, attachment) => {
    const more = [`OBX|1|${type}|BRF^Brief van de psycholoog||${value}||||||F`, 'NTE|1||twee bladzijden'];
    const { resources } = await received({ more });
    const [document] = ofType<DocumentReference>(resources, 'DocumentReference');
    expect(document).toMatchObject({
      type: { text: 'Brief van de psycholoog' },
      description: 'twee bladzijden',
      content: [{ attachment }],
    });
    expect(JSON.stringify(orderOf({ resources }).supportingInfo)).toContain('DocumentReference/');
  });
});

type Letter = { readonly letter: string; readonly resources: readonly Resource[] };
const orderOf = ({ resources }: Pick<Letter, 'resources'>): ServiceRequest =>
  ofType<ServiceRequest>(resources, 'ServiceRequest')[0]!;
const personOf = ({ resources }: Pick<Letter, 'resources'>): Patient => ofType<Patient>(resources, 'Patient')[0]!;

const pid = (fields: Readonly<Record<number, string>>): Parts => {
  const values =
    'PID|1||999901102^^^NLMINBIZA^NNNLD||Proefpersoon^Testa||19900228|F|||Verzonnenlaan 12^^Zonnerveen^^1283 AB^NL'.split(
      '|',
    );
  for (const [position, value] of Object.entries(fields)) values[Number(position)] = value;
  return { pid: Array.from(values, (it) => it ?? '').join('|') };
};

describe('31: persons and parties', () => {
  test.each([
    ['XTN.1', '0201234567', [{ system: 'phone', value: '0201234567', use: 'home' }]],
    ['XTN.1 at work', '0201234567^WPN^PH', [{ system: 'phone', value: '0201234567', use: 'work' }]],
    ['mobile', '0612345678^PRN^CP', [{ system: 'phone', value: '0612345678', use: 'mobile' }]],
    ['mobile by its use', '0612345678^PRS', [{ system: 'phone', value: '0612345678', use: 'mobile' }]],
    ['fax', '0201234568^WPN^FX', [{ system: 'fax', value: '0201234568', use: 'work' }]],
    [
      'e-mail beside a number',
      '0201234567^PRN^PH^testa@example.org',
      [
        { system: 'phone', value: '0201234567', use: 'home' },
        { system: 'email', value: 'testa@example.org', use: 'home' },
      ],
    ],
    ['e-mail alone', '^NET^Internet^testa@example.org', [{ system: 'email', value: 'testa@example.org', use: 'home' }]],
    [
      'e-mail in XTN.1',
      'testa@example.org^NET^Internet',
      [{ system: 'email', value: 'testa@example.org', use: 'home' }],
    ],
    ['XTN.5 to 8', '^PRN^PH^^31^20^1234567^12', [{ system: 'phone', value: '+31 20 1234567 x12', use: 'home' }]],
    ['XTN.1 with XTN.8', '0201234567^PRN^PH^^^^^12', [{ system: 'phone', value: '0201234567 x12', use: 'home' }]],
    ['XTN.10', '^PRN^PH^^^^1234567^12^^#', [{ system: 'phone', value: '1234567 #12', use: 'home' }]],
    ['XTN.11', '^PRN^PH^^^^^^^^7', [{ system: 'phone', value: 'Speed dial: 7', use: 'home' }]],
    ['XTN.9', '^PRN^PH^^^^^^(020) 123 45 67', [{ system: 'phone', value: '(020) 123 45 67', use: 'home' }]],
    [
      'XTN.9 in words',
      '0201234567^PRN^PH^^^^^^na vijven',
      [
        { system: 'phone', value: '0201234567', use: 'home' },
        { system: 'other', value: 'na vijven' },
      ],
    ],
    ['XTN.12', '^PRN^PH^^^^^^^^^+31201234567', [{ system: 'phone', value: '+31201234567', use: 'home' }]],
    [
      'XTN.12 that repeats XTN.1',
      '020-1234567^PRN^PH^^^^^^^^^0201234567',
      [{ system: 'phone', value: '020-1234567', use: 'home' }],
    ],
    [
      'two',
      '0201234567~0612345678^PRN^CP',
      [
        { system: 'phone', value: '0201234567', use: 'home' },
        { system: 'phone', value: '0612345678', use: 'mobile' },
      ],
    ],
  ])('every way to reach the person arrives: %s', async (_, written, expected) => {
    const sent = await received(pid({ 13: written }));
    expect([personOf(sent).telecom, sent.warnings]).toEqual([expected, []]);
  });

  test('a use that the standard of FHIR lacks is named', async () => {
    expect((await received(pid({ 13: '0201234567^EMR^PH' }))).warnings).toEqual(['hl7-code-ignored PID^1^13^1^2']);
    expect((await received(pid({ 11: 'Laan 1^^Dorp^^^^BDL' }))).warnings).toContain('hl7-code-ignored PID^1^11^1^7');
  });

  test("names: partner's name, suffix, degree and kind", async () => {
    const { family, _family, ...name } = personOf(
      await received(pid({ 5: 'Proef&van&Proef&de&Partner^Testa^A. B.^jr.^mw.^MSc^L~Oud^^^^^^M' })),
    ).name![0]! as never as Record<string, unknown>;
    expect(name).toEqual({ use: 'official', given: ['Testa', 'A. B.'], prefix: ['mw.'], suffix: ['jr.', 'MSc'] });
    expect(JSON.stringify([family, _family])).toMatch(
      /own-prefix.*van.*own-name.*Proef.*partner-prefix.*de.*partner-name.*Partner/,
    );
    const second = personOf(await received(pid({ 5: 'Proef^Testa~&&&van der&Partner^Testa^^^^^D' }))).name;
    expect(second).toEqual([
      expect.objectContaining({ family: 'Proef' }),
      expect.objectContaining({ use: 'usual', family: 'van der Partner' }),
    ]);
  });

  test('addresses: street and number apart, second line, use and kind', async () => {
    const written = 'Laan 7&Laan&7^2 hoog^Dorp^^1283 AB^NL^H~&Weg&3^^Dorp^^1283 AC^NL^C~Postbus 1^^Dorp^^1283 AD^^M';
    const { address } = personOf(await received(pid({ 11: written })));
    expect(address).toMatchObject([
      { use: 'home', line: ['Laan 7', '2 hoog'], city: 'Dorp', postalCode: '1283 AB', country: 'NL' },
      { use: 'temp', line: ['Weg 3'] },
      { type: 'postal', line: ['Postbus 1'] },
    ]);
  });

  test.each([
    ['the indicator', { 30: 'Y' }, { deceasedBoolean: true }],
    ['the year', { 29: '2025', 30: 'Y' }, { deceasedDateTime: '2025' }],
    ['the moment', { 29: '202511010930+0100' }, { deceasedDateTime: '2025-11-01T09:30:00+01:00' }],
  ])('the death of the person arrives: %s', async (_, fields, expected) => {
    const sent = await received(pid(fields));
    expect([personOf(sent), sent.warnings]).toEqual([
      expect.objectContaining(expected),
      [`person-deceased PID^1^${29 in fields ? 29 : 30}^1`],
    ]);
  });

  test.each([
    [
      'an organisation',
      `PRD|RT^Referred to provider${'|'.repeat(9)}GGZ Proef^L^^^^^URA^^^00999905`,
      'GGZ Proef, URA 00999905',
    ],
    ['a person', 'PRD|RT^Referred to provider|Proef^P.||||', 'P. Proef'],
  ])('the provider that the practice asks for arrives: %s', async (_, prd, expected) => {
    expect(orderOf(await received({ prd: [prd] })).performer).toEqual([{ display: expected }]);
  });

  test.each([
    ['ti^Tigrinya', { coding: [{ system: 'urn:ietf:bcp:47', code: 'ti' }], text: 'Tigrinya' }, []],
    ['nl', { coding: [{ system: 'urn:ietf:bcp:47', code: 'nl' }] }, []],
    ['NLD^Nederlands', undefined, ['hl7-code-ignored PID^1^15^1^1', 'hl7-value-ignored PID^1^15^1^2']],
    ['^Arabisch', undefined, ['hl7-value-ignored PID^1^15^1']],
  ])('the language of the person arrives, or is named: %s', async (written, expected, warnings) => {
    const sent = await received(pid({ 15: written }));
    expect(personOf(sent).communication?.[0]?.language).toEqual(expected);
    expect(sent.warnings.toSorted()).toEqual(warnings);
  });

  test('allergies and diagnoses with their dates', async () => {
    const more = [
      'AL1|1|DA^Drug allergy^HL70127|PEN^Penicilline^L|SV^Ernstig^HL70128|uitslag~benauwd|201503',
      'AL1|2||^Bijen',
      'DG1|1||P03^Somber^ICPC||202511',
    ];
    const { resources, warnings } = await received({ more });
    expect(ofType(resources, 'AllergyIntolerance')).toMatchObject([
      {
        category: ['medication'],
        code: { coding: [{ code: 'PEN' }], text: 'Penicilline' },
        onsetDateTime: '2015-03',
        reaction: [{ manifestation: [{ text: 'uitslag' }] }, { manifestation: [{ text: 'benauwd' }] }],
      },
      { code: { text: 'Bijen' } },
    ]);
    expect(JSON.stringify(resources)).toContain('Severity: Ernstig (SV)');
    expect(ofType(resources, 'Condition')).toMatchObject([{ onsetDateTime: '2025-11' }]);
    expect(warnings).toEqual(['hl7-value-ignored AL1^1^2^1^2']);
  });

  test('reasons: codes, words and several', async () => {
    const written = '01^Angst & somberheid~P76^Depressie^ICPC~Graag spoedig gesprek';
    const { reasonCode } = orderOf(await received({ rf1: `RF1|P|R||||V-9||||${written}` }));
    expect(reasonCode).toEqual([
      { coding: [{ code: '01', display: 'Angst & somberheid' }], text: 'Angst & somberheid' },
      {
        coding: [{ system: 'http://hl7.org/fhir/sid/icpc-1-nl', code: 'P76', display: 'Depressie' }],
        text: 'Depressie',
      },
      { text: 'Graag spoedig gesprek' },
    ]);
  });
});
