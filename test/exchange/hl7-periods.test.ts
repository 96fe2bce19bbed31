/** RF1-7 and RF1-8 of any precision: the period that the sender stated, or the end that lies before its start is named. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../support/hl7v2/outcome-of.ts';
import { referral, sendReferral } from '../support/hl7v2/referral.ts';
import { gatewayOfFile } from '../support/servers/gateway-of-file.ts';

const started = gatewayOfFile();

const message = (control: string, start: string, end: string) =>
  referral(control, { rf1: `RF1|P|R||||V-${control}|${start}|${end}||^Graag een gesprek` });

function periodOf(start: string, end: string) {
  const { graph, issues } = outcomeOf(started.gateway, message('P', start, end));
  const entries = (graph as { entry?: { resource: ServiceRequest }[] } | undefined)?.entry ?? [];
  const order = entries.map(({ resource }) => resource).find(({ resourceType }) => resourceType === 'ServiceRequest');
  return {
    period: order?.occurrencePeriod,
    named: issues.map(({ rule, expression = '' }) => `${rule} ${expression.replace(/^hl7v2-ref-i12\./, '')}`),
  };
}

describe('a partial date that contains the other bound is read as its first or last moment', () => {
  test.each([
    ['20261116103000+0100', '20261116', '2026-11-16T10:30:00+01:00', '2026-11-16T23:59:59+01:00'],
    ['20261116103000+0100', '202611', '2026-11-16T10:30:00+01:00', '2026-11-30'],
    ['20261130103000+0100', '202611', '2026-11-30T10:30:00+01:00', '2026-11-30T23:59:59+01:00'],
    ['20261116103000+0100', '2026', '2026-11-16T10:30:00+01:00', '2026-12-31'],
    ['20280215', '202802', '2028-02-15', '2028-02-29'],
    ['20270215', '202702+0100', '2027-02-15', '2027-02-28'],
    ['20261116', '20261116103000+0100', '2026-11-16T00:00:00+01:00', '2026-11-16T10:30:00+01:00'],
    ['202611', '20261101103000-0500', '2026-11-01T00:00:00-05:00', '2026-11-01T10:30:00-05:00'],
    ['2026', '202603', '2026-01-01', '2026-03'],
    ['2026', '202601', '2026-01-01', '2026-01-31'],
    ['202611', '20261116', '2026-11-01', '2026-11-16'],
    ['20261116', '20261116', '2026-11-16', '2026-11-16'],
    ['20261116103000', '20261116', '2026-11-16', '2026-11-16'],
    ['20261116', '202612', '2026-11-16', '2026-12'],
    ['20261117003000+0100', '20261116233000+0000', '2026-11-17T00:30:00+01:00', '2026-11-16T23:30:00+00:00'],
  ])('%s to %s', async (start, end, from, until) => {
    const { period, named } = periodOf(start, end);
    expect(period).toEqual({ start: from, end: until });
    expect(named.filter((it) => !it.startsWith('hl7-time-ignored'))).toEqual([]);
    const { code, answer } = await sendReferral(started.gateway, message(`PER-${start}-${end}`, start, end));
    expect(code, answer.text).toBe('AA');
  });
});

describe('an end before its start is named at RF1-8', () => {
  test.each([
    ['20261116103000+0100', '20261116092900+0100'],
    ['20261116103000+0100', '20261116092900+0000'.replace('0929', '0829')],
    ['20261116103000+0100', '20261115'],
    ['20261116103000+0100', '202610'],
    ['20261116', '2025'],
    ['20261117', '20261116233000+0100'],
    ['202612', '20261130'],
  ])('%s to %s', async (start, end) => {
    const { code, findings } = await sendReferral(started.gateway, message(`REV-${start}-${end}`, start, end));
    expect([code, findings.map(({ rule, at }) => `${rule} ${at}`)]).toEqual(['AE', ['hl7-period-reversed RF1^1^8^1']]);
  });
});

const moment = fc
  .record({
    year: fc.constantFrom('2026', '2027'),
    month: fc.constantFrom('01', '02', '11', '12'),
    day: fc.constantFrom('01', '15', '28'),
    time: fc.constantFrom('0000', '1030', '235959', '103000.5'),
    zone: fc.constantFrom('', '+0100', '-0500', '+0000'),
    precision: fc.constantFrom(1, 2, 3, 4),
  })
  .map(({ year, month, day, time, zone, precision }) => [year, month, day, time].slice(0, precision).join('') + zone);

test('no two dates of HL7 break a rule of FHIR about periods', () => {
  const { validator } = started.gateway.running.gateway;
  fc.assert(
    fc.property(moment, moment, (start, end) => {
      const { period, named } = periodOf(start, end);
      if (named.some((it) => it.startsWith('hl7-period-reversed'))) return;
      const found = validator.validate({ resourceType: 'Patient', address: [{ period }] }).issues;
      expect(
        found.filter(({ severity }) => severity === 'error').map(({ rule, constraint }) => `${rule} ${constraint}`),
      ).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
