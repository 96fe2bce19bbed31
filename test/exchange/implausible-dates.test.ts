import type { Bundle, BundleEntry, Patient } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { implausibleDates } from '../../src/workflow/index.ts';
import { partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { allWarningsOf, locationOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Half past midnight of 1 December in the network, still 30 November in UTC. */
const clock = { now: new Date('2026-11-30T23:30:00Z'), timezone: 'Europe/Amsterdam' };
const graph = (person: Partial<Patient>, ...others: readonly object[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: [{ resourceType: 'Patient', id: 'p', ...person }, ...others].map((resource) => ({
    resource,
  })) as BundleEntry[],
});
const found = (person: Partial<Patient>, ...others: readonly object[]) =>
  implausibleDates(graph(person, ...others), clock).map(({ rule, expression, severity }) => {
    expect(severity).toBe('warning');
    return `${rule} ${expression}`;
  });
const subject = { reference: 'Patient/p' };
const order = (it: object) => ({ resourceType: 'ServiceRequest', id: 'o', subject, ...it });

describe('a date that cannot be is named in a warning', () => {
  test.each<[string, Partial<Patient>, readonly object[], readonly string[]]>([
    ['born tomorrow', { birthDate: '2026-12-02' }, [], ['birth-date-implausible Patient.birthDate']],
    ['born next year', { birthDate: '2027' }, [], ['birth-date-implausible Patient.birthDate']],
    ['born before 1900', { birthDate: '1899-12-31' }, [], ['birth-date-implausible Patient.birthDate']],
    ['deceased', { deceasedBoolean: true }, [], ['person-deceased Patient.deceased']],
    ['deceased before the referral', { deceasedDateTime: '2026-11-01' }, [], ['person-deceased Patient.deceased']],
    ['deceased in the future', { deceasedDateTime: '2027-01' }, [], ['date-in-future Patient.deceased']],
    [
      'deceased before birth',
      { birthDate: '1990-02-28', deceasedDateTime: '1980' },
      [],
      ['person-deceased Patient.deceased', 'dates-contradict Patient.deceased'],
    ],
    ['written tomorrow', {}, [order({ authoredOn: '2026-12-02' })], ['date-in-future ServiceRequest.authoredOn']],
    [
      'written in an hour',
      {},
      [{ resourceType: 'Task', for: subject, authoredOn: '2026-12-01T01:30:00+01:00' }],
      ['date-in-future Task.authoredOn'],
    ],
    [
      'written before birth',
      { birthDate: '1990-02-28' },
      [order({ authoredOn: '1989-01-01' })],
      ['dates-contradict ServiceRequest.authoredOn'],
    ],
    [
      'to take place before birth',
      { birthDate: '1990-02-28' },
      [order({ occurrencePeriod: { start: '1906-11-20' } }), order({ occurrenceDateTime: '1906-11-20' })],
      ['dates-contradict ServiceRequest.occurrence.start', 'dates-contradict ServiceRequest.occurrence'],
    ],
    [
      'an onset in the future, and one before birth',
      { birthDate: '1990' },
      [
        { resourceType: 'Condition', subject, onsetDateTime: '2030' },
        { resourceType: 'Condition', subject, onsetDateTime: '1989-12' },
      ],
      ['date-in-future Condition.onset', 'dates-contradict Condition.onset'],
    ],
    [
      'an appointment that ends before it starts',
      {},
      [{ resourceType: 'Appointment', start: '2027-01-11T10:00:00+01:00', end: '2027-01-11T09:00:00+01:00' }],
      ['dates-contradict Appointment.end'],
    ],
  ])('%s', (_, person, others, expected) => {
    expect(found(person, ...others)).toEqual(expected);
  });
});

describe('what may be is not', () => {
  test.each<[string, Partial<Patient>, readonly object[]]>([
    ['born today', { birthDate: '2026-12-01' }, []],
    ['born this year, as far as known', { birthDate: '2026' }, []],
    ['a clock a few minutes ahead', {}, [order({ authoredOn: '2026-12-01T00:38:00+01:00' })]],
    ['today, in the time zone of the network', {}, [order({ authoredOn: '2026-12-01' })]],
    ['planned in the future', { birthDate: '1990' }, [order({ occurrenceDateTime: '2027-02-01' })]],
    ['on the day of birth', { birthDate: '1990-02-28' }, [order({ authoredOn: '1990-02-28T00:10:00+01:00' })]],
    [
      'in the year of birth',
      { birthDate: '1990-02-28' },
      [{ resourceType: 'Condition', subject, onsetDateTime: '1990' }],
    ],
    ['not deceased', { deceasedBoolean: false }, []],
    [
      'about another person',
      { birthDate: '1990' },
      [order({ subject: { reference: 'Patient/x' }, authoredOn: '1970' })],
    ],
  ])('%s', (_, person, others) => {
    expect(found(person, ...others)).toEqual([]);
  });
});

describe('in a message', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  test('no referral is lost by it: accepted, with the warnings, in every form', async () => {
    const bundle = referralWith((it) => {
      partOf(it, 'Patient').birthDate = '2190-02-28';
      partOf(it, 'ServiceRequest').authoredOn = '2100-01-01';
    });
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(bundle) });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    expect(allWarningsOf(answer)).toEqual(expect.arrayContaining(['birth-date-implausible', 'date-in-future']));
  });

  test('an Appointment that ends before it starts is refused: its sender sees it at once', async () => {
    const sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    await gateway.ask('PATCH', `/fhir/${locationOf(sent, 'Task')}`, {
      as: 'registration-team',
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    });
    const answer = await gateway.ask('POST', '/fhir/Appointment', {
      as: 'registration-team',
      body: JSON.stringify({
        resourceType: 'Appointment',
        status: 'booked',
        start: '2027-01-11T10:00:00+01:00',
        end: '2027-01-11T09:00:00+01:00',
        basedOn: [{ reference: locationOf(sent, 'ServiceRequest') }],
        participant: [{ actor: { display: 'The person' }, status: 'needs-action' }],
      }),
    });
    expect([answer.status, rulesOf(answer)[0]]).toEqual([422, 'invariant']);
    expect(answer.text).toContain('mgn-appointment-1');
  });
});
