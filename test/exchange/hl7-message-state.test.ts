/** What the header and RF1 state of an HL7 v2 message is acted on, and every finding about it has its place. */
import type { Patient, ServiceRequest } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { deliveredBy, ofType, referral, sendReferral, withHead } from '../support/hl7v2/referral.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const file = gatewayOfFile(['registration-team']);
const team = () => file.sinkOf('registration-team');
let count = 0;

const next = (): string => `ST-${++count}`;
const placed = (findings: Awaited<ReturnType<typeof sendReferral>>['findings']) =>
  findings
    .filter(({ rule }) => rule !== 'second-referral')
    .map(({ severity, rule, at }) => `${severity} ${rule} ${at}`);

test.each(['KLINGON', 'UNICODE UTF-16'])(
  'a character set that is not read is acknowledged as such: %s',
  async (charset) => {
    const { answer, code, findings } = await sendReferral(
      file.gateway,
      referral(next(), { msh: withHead({ 18: charset }) }),
    );
    expect([answer.status, code, placed(findings)]).toEqual([400, 'AE', ['E hl7-charset-unsupported MSH^1^18']]);
  },
);

test.each([
  ['a note', ['NTE|1||een', 'NTE|2||a\u000cb'], 'NTE^2^3^1'],
  ['an escape', ['OBX|1|TX|^A||a\\X00\\b||||||F'], 'OBX^1^5^1'],
])('a character that no format can carry is refused at its place: %s', async (_, more, place) => {
  const { code, findings } = await sendReferral(file.gateway, referral(next(), { more }));
  expect([code, placed(findings)]).toEqual(['AE', [`E character-forbidden ${place}`]]);
});

describe('32: no new referral, and no production', () => {
  test.each([
    ['rejected', 'R^Rejected^HL70283', 'RF1^1^1^1'],
    ['expired', 'E', 'RF1^1^1^1'],
    ['expired, in lower case', 'e', 'RF1^1^1^1'],
    ['rejected in words', '^Rejected', 'RF1^1^1^1'],
    ['a status of its own', 'X^Ingetrokken', 'RF1^1^1^1'],
  ])('a referral that is %s is not a new one', async (_, status, place) => {
    const rf1 = `RF1|${status}|R|||AM|V-${next()}||||^Graag een gesprek`;
    const { answer, code, findings } = await sendReferral(file.gateway, referral(next(), { rf1 }));
    expect([answer.status, code, placed(findings)]).toEqual([422, 'AE', [`E hl7-referral-not-new ${place}`]]);
  });

  test.each([
    ['accepted', 'A'],
    ['pending', 'P^Pending'],
    ['of no status', ''],
    ['pending in words', '^pending'],
  ])('a referral that is %s is a new one', async (_, status) => {
    const rf1 = `RF1|${status}|R|||AM|V-${next()}||||^Graag een gesprek`;
    expect((await sendReferral(file.gateway, referral(next(), { rf1 }))).code).toBe('AA');
  });

  test('a referral with a number of this gateway is not a new one', async () => {
    const rf1 = `RF1|P|R|||AM|V-${next()}||||^Graag een gesprek|T-1^MGN`;
    const { code, findings } = await sendReferral(file.gateway, referral(next(), { rf1 }));
    expect([code, placed(findings)]).toEqual(['AE', ['E hl7-referral-exists RF1^1^11^1']]);
  });

  test.each(['T', 'D', 'T^A'])('MSH-11 %s is no production message', async (mode) => {
    const { answer, code, findings } = await sendReferral(
      file.gateway,
      referral(next(), { msh: withHead({ 11: mode }) }),
    );
    expect([answer.status, code, placed(findings)]).toEqual([
      422,
      'AR',
      ['E hl7-processing-not-production MSH^1^11^1', ...(mode === 'T^A' ? ['W hl7-value-ignored MSH^1^11^1'] : [])],
    ]);
    expect(answer.text).toContain('202^Unsupported processing id^HL70357');
  });
});

describe('33: partial dates', () => {
  const born = (day: string): string =>
    `PID|1||999901102^^^NLMINBIZA^NNNLD||Proefpersoon^Testa||${day}|F|||Verzonnenlaan 12^^Zonnerveen^^1283 AB^NL`;

  test.each([
    ['1990', '1990', []],
    ['199002', '1990-02', []],
    ['19900228', '1990-02-28', []],
    ['19900228000000+0100', '1990-02-28', []],
    // a month and a year have no zone
    ['199002+0100', '1990-02', ['W hl7-time-ignored PID^1^7^1']],
    ['1990+0100', '1990', ['W hl7-time-ignored PID^1^7^1']],
  ])('PID-7 %s arrives as it is', async (day, expected, named) => {
    const control = next();
    const { code, findings } = await sendReferral(file.gateway, referral(control, { pid: born(day) }));
    expect([code, placed(findings).filter((it) => it.includes('hl7-'))]).toEqual(['AA', named]);
    await expect.poll(() => deliveredBy(team(), control)).not.toEqual([]);
    expect(ofType<Patient>(deliveredBy(team(), control), 'Patient')[0]?.birthDate).toBe(expected);
  });

  test.each([
    ['2026', '2026'],
    ['202611', '2026-11'],
    ['2026111610', '2026-11-16'],
  ])('MSH-7 %s is the date of the order', async (moment, expected) => {
    const control = next();
    const { code } = await sendReferral(file.gateway, referral(control, { msh: withHead({ 7: moment }) }));
    expect(code).toBe('AA');
    await expect.poll(() => deliveredBy(team(), control)).not.toEqual([]);
    expect(ofType<ServiceRequest>(deliveredBy(team(), control), 'ServiceRequest')[0]?.authoredOn).toBe(expected);
  });

  test.each([['19900'], ['feb 1990'], ['199013'], ['19900231'], ['19900229']])(
    'PID-7 %s is no date, and is named at its field',
    async (day) => {
      const { code, findings } = await sendReferral(file.gateway, referral(next(), { pid: born(day) }));
      expect([code, placed(findings).filter((it) => it.startsWith('E'))]).toEqual([
        'AE',
        ['E hl7-date-invalid PID^1^7^1'],
      ]);
    },
  );

  test('a date elsewhere that is none, and a time without a zone, are named', async () => {
    const more = ['DG1|1||P03^Somber^ICPC||vorig jaar', 'DG1|2||P01^Angst^ICPC||202511011030'];
    const { code, findings } = await sendReferral(file.gateway, referral(next(), { more }));
    expect([code, placed(findings)]).toEqual(['AA', ['W hl7-date-ignored DG1^1^5^1', 'W hl7-time-ignored DG1^2^5^1']]);
  });
});

describe('35: character sets, duplicates, versions, places', () => {
  test.each(['UTF-8', 'utf8', 'UNICODE UTF-8', 'Unicode', 'UTF-8~8859/1'])('MSH-18 %s is UTF-8', async (name) => {
    const control = next();
    const body = referral(control, { msh: withHead({ 18: name }), more: ['NTE|1||Renée € 10'] });
    expect((await sendReferral(file.gateway, body)).code).toBe('AA');
    await expect.poll(() => deliveredBy(team(), control)).not.toEqual([]);
    expect(JSON.stringify(deliveredBy(team(), control))).toContain('Renée € 10');
  });

  test.each(['8859/1', 'ISO-8859-1', 'iso8859-1', 'Windows-1252'])('MSH-18 %s is Latin-1', async (name) => {
    const control = next();
    const body = referral(control, { msh: withHead({ 18: name }), more: ['NTE|1||Renée'] });
    expect((await sendReferral(file.gateway, Buffer.from(body, 'latin1'))).code).toBe('AA');
    await expect.poll(() => deliveredBy(team(), control)).not.toEqual([]);
    expect(JSON.stringify(deliveredBy(team(), control))).toContain('Renée');
  });

  test('another set is refused at MSH-18; text outside ASCII without a set is read as Latin-1, and named', async () => {
    const unknown = await sendReferral(file.gateway, referral(next(), { msh: withHead({ 18: 'KLINGON' }) }));
    expect([unknown.answer.status]).toEqual([400]);
    for (const name of ['ASCII', '']) {
      const body = referral(next(), { msh: withHead({ 18: name }), more: ['NTE|1||Renée'] });
      const { code, findings } = await sendReferral(file.gateway, Buffer.from(body, 'latin1'));
      expect([code, placed(findings)]).toEqual(['AA', ['W hl7-charset-assumed MSH^1^18^1']]);
    }
  });

  test('a duplicate is reported as one, and the number of another message at MSH-10', async () => {
    const control = next();
    await sendReferral(file.gateway, referral(control));
    const again = await sendReferral(file.gateway, referral(control));
    expect([again.answer.status, again.code]).toEqual([200, 'AA']);
    expect(again.answer.text).toMatch(/\rMSA\|AA\|ST-\d+\|Duplicate of a message received before/);
    const other = await sendReferral(file.gateway, referral(control, { more: ['NTE|1||anders'] }));
    expect([other.code, placed(other.findings)]).toEqual(['AR', ['E request-id-reused MSH^1^10']]);
    expect(other.answer.text).toContain('205^Duplicate key identifier^HL70357');
    expect(other.findings[0]?.en).toContain('MSH-10');
  });

  test.each(['1.0', '2.2', '3', 'v2.5'])('version %s is not read', async (version) => {
    const { code, answer, findings } = await sendReferral(
      file.gateway,
      referral(next(), { msh: withHead({ 12: version }) }),
    );
    expect([code, placed(findings)]).toEqual(['AR', ['E hl7-version-unsupported MSH^1^12^1']]);
    expect(answer.text).toContain('203^Unsupported version id^HL70357');
  });

  test.each([
    ['2.4', []],
    ['2.4^NLD', []],
    ['2.6', []],
    ['2.8.1', ['W hl7-version-other MSH^1^12^1']],
  ])('version %s is read', async (version, expected) => {
    const { code, findings } = await sendReferral(file.gateway, referral(next(), { msh: withHead({ 12: version }) }));
    expect([code, placed(findings)]).toEqual(['AA', expected]);
  });

  test.each([
    ['a kind of message that is not accepted', referral('P-1', { msh: withHead({ 9: 'ADT^A01' }) })],
    ['no person', referral('P-2', { pid: 'PV1|1|O' })],
    ['a broken segment', referral('P-3').replace('PID|', 'PID#')],
    ['a second person', referral('P-4', { more: ['PID|2'] })],
    [
      'a practice that is not known',
      referral('P-5', { msh: withHead({ 4: 'Elders' }) }).replace('99990101', '99990199'),
    ],
  ])('every finding has a place: %s', async (_, body) => {
    const { findings } = await sendReferral(file.gateway, body);
    expect(findings).not.toEqual([]);
    for (const { at } of findings) expect(at).toMatch(/^[A-Z][A-Z0-9]{2}\^\d+/);
  });
});
