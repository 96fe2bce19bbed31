/**
 * A bad value in each date, code and number of REF^I12: it arrives as text, or is reported at its own segment and field in
 * words of HL7, and never as an element, rule or map of the gateway.
 */
import { describe, expect, test } from 'vitest';
import { toGraph } from '../../src/exchange/maps/forms.ts';
import { parseMessage } from '../../src/exchange/reading/sent-message.ts';
import { allFields, dataTypes, segments } from '../../src/mapping/hl7/segments.ts';
import { referral, sendReferral } from '../support/hl7v2/referral.ts';
import { isLong } from '../support/long.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const started = gatewayOfFile();

/** The segments of the message, each with what else it needs; those that repeat are there twice, and the second is spoilt. */
const whole: Readonly<Record<string, string>> = {
  MSH: referral('X').split('\r')[0]!,
  RF1: 'RF1|P|R^Routine|||AM|V-1||||^Graag een verkennend gesprek',
  PRD: 'PRD|RP^Referring provider|Voorbeeldarts^H.||^^^Huisartsenpraktijk De Linde&2.16.528.1.1007.3.3.99990101&ISO|||01999911^AGB',
  PID: 'PID|1||999901102^^^NLMINBIZA^NNNLD||Proefpersoon^Testa||19900228|F|||Verzonnenlaan 12^^Zonnerveen^^1283 AB^NL',
  NK1: 'NK1|1|Proef^Broer|SIB^Broer',
  DG1: 'DG1|1||P03^Somber^ICPC',
  AL1: 'AL1|1||^Pinda',
  NTE: 'NTE|1||Een regel',
  OBR: 'OBR|1|||P^Onderzoek',
  OBX: 'OBX|1|TX|^Uitslag||goed||||||F',
};

/** One referrer sends a message. */
const isTwice = (segment: string): boolean => segments[segment]!.repeats && segment !== 'PRD';

/** Dates that are none, whatever the precision. */
const badDates = [
  'gisteren',
  '2026-11-16',
  '20261301',
  '20260230',
  '20250229',
  '20261116250000',
  '0000',
  '20261116+9900',
];
const badCodes = ['XQ9', 'geen code', '7'];

type Spoilt = { readonly segment: string; readonly field: number; readonly component?: number; readonly type: string };

/** Fields of the message that hold a date, a code or a number, and such components of other fields. */
const fields: Spoilt[] = Object.keys(whole).flatMap((segment) =>
  allFields(segments[segment]!).flatMap(([field, [, written]]): Spoilt[] => {
    const type = written.replace('*', '');
    // What the message is, and how it is written.
    if (segment === 'MSH' && [9, 10, 18].includes(field)) return [];
    const parts = dataTypes[type];
    if (!parts) return ['TS', 'ID', 'IS'].includes(type) ? [{ segment, field, type }] : [];
    const components = parts.flatMap((it, at): Spoilt[] => {
      const name = it.split(':')[0]!;
      if (/date$/i.test(name)) return [{ segment, field, component: at + 1, type: 'TS' }];
      return /(?:code|type|identifier|suffix|comparator)$/i.test(name)
        ? [{ segment, field, component: at + 1, type: 'ID' }]
        : [];
    });
    return [...new Map(components.map((it) => [`${it.field}.${it.component}`, it])).values()];
  }),
);

function message(control: string, { segment, field, component }: Spoilt, value: string): string {
  const first = (it: string) => (isTwice(it) ? [whole[it]!, whole[it]!] : [whole[it]!]);
  const lines = Object.keys(whole).flatMap(first);
  const at = lines.findLastIndex((it) => it.startsWith(segment));
  const parts = lines[at]!.split('|');
  const place = segment === 'MSH' ? field - 1 : field;
  while (parts.length <= place) parts.push('');
  const inside = parts[place]!.split('^');
  while (inside.length < (component ?? 1)) inside.push('');
  parts[place] = component === undefined ? value : inside.with(component - 1, value).join('^');
  const spoilt = lines.with(at, parts.join('|'));
  return spoilt
    .with(0, spoilt[0]!.split('|').with(9, control).join('|'))
    .map((it) => `${it}\r`)
    .join('');
}

/** Whether the value is in the referral, as it was written. */
function isText(body: string, value: string): boolean {
  const sent = parseMessage({ contentType: 'x-application/hl7-v2+er7', body: Buffer.from(body), intake: 'referral' });
  const form = started.gateway.running.gateway.forms.find(({ id }) => id === 'ref-i12')!;
  if (!sent.ok) return false;
  const made = toGraph(form, sent.value, { seed: 'x', now: new Date() });
  if (!made.ok) return false;
  const text = JSON.stringify(made.value.graph);
  // Dates of results are written with dashes and colons.
  return text.includes(value) || text.replaceAll(/(?<=\d)[ :-](?=\d)/g, '').includes(value.slice(0, 12));
}

describe.each(['TS', 'ID'])('%s', (kind) => {
  const spoiling = fields.filter(({ type }) => (type === 'TS') === (kind === 'TS'));
  test.each(spoiling)('$segment-$field $component', async (it) => {
    const { segment, field } = it;
    const sequence = isTwice(segment) ? 2 : 1;
    for (const [at, value] of (kind === 'TS' ? badDates : badCodes).entries()) {
      // Each value in every third field, and each field with a third of them; all by `npm run test:long`.
      if (!isLong && (at + spoiling.indexOf(it)) % 3 !== 0) continue;
      const control = `BAD-${segment}-${field}-${it.component ?? 0}-${at}`;
      const body = message(control, it, value);
      const { code, findings, answer } = await sendReferral(started.gateway, body);
      const about = `${value}: ${code} ${findings.map((found) => `${found.rule} ${found.at}`).join(', ')}`;
      expect(answer.status, about).toBeLessThan(500);
      for (const { en = '', at: place = '' } of findings) {
        expect(en, about).not.toMatch(/\.fml|\bRule (?!mgn-)|StructureDefinition|\b[A-Z]\w+\.[a-z]\w+/);
        expect(place, about).toMatch(/^[A-Z][A-Z0-9]{2}\^\d+/);
      }
      const own = findings.filter((found) => (found.at ?? '').startsWith(`${segment}^${sequence}^${field}`));
      // Of the person; and who the referrer is depends on all of PRD.
      const isOfWhole = (found: (typeof findings)[number]) =>
        ['second-referral', 'address-missing', 'identity-conflict'].includes(found.rule ?? '') ||
        (segment === 'PRD' && (found.at ?? '').startsWith('PRD^1'));
      const elsewhere = findings.filter((found) => !own.includes(found) && !isOfWhole(found));
      expect(elsewhere, about).toEqual([]);
      if (code !== 'AA' && segment !== 'PRD') expect(own, about).not.toEqual([]);
      if (kind === 'TS' && own.length === 0) expect(isText(body, value), about).toBe(true);
    }
  });
});
