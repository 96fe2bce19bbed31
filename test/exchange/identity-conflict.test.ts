import { randomUUID } from 'node:crypto';
import type { Bundle, HumanName, Patient, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contradictions } from '../../src/exchange/referral/identity-conflict.ts';
import { partOf, referralWith } from '../support/exchange/example-referral.ts';
import {
  type Answered,
  allWarningsOf,
  locationOf,
  resourceOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const named = (...name: readonly HumanName[]): Patient => ({ resourceType: 'Patient', name: [...name] });
const name = (family: string, ...given: readonly string[]): Patient => named({ family, given: [...given] });
const text = (it: string): Patient => named({ text: it });

describe('the same person as two systems write it', () => {
  test.each<[string, Patient, Patient]>([
    ['case and diacritics', name('ÖZGÜR-Çelik', 'Zoë'), name('Ozgur-Celik', 'ZOE')],
    ['letters that do not decompose', name('Sørensen', 'Łukasz'), name('Sorensen', 'Lukasz')],
    ['initials for given names', name('Proefpersoon', 'T.', 'A.'), name('Proefpersoon', 'Testa', 'Anna')],
    ['initials in one text', name('Proefpersoon', 'T.A.'), name('Proefpersoon', 'Anna')],
    ['initials without dots', name('Proefpersoon', 'TB'), name('Proefpersoon', 'Testa')],
    ['an abbreviation', name('Proefpersoon', 'Chr.'), name('Proefpersoon', 'Christiaan')],
    ['the first of several given names', name('Proefpersoon', 'Testa'), name('Proefpersoon', 'Anna', 'Testa')],
    ['a short form', name('Proefpersoon', 'Alex'), name('Proefpersoon', 'Alexander')],
    ['a particle inside the family name or not', name('van der Berg', 'Testa'), name('Berg', 'Testa')],
    ['a particle glued to it', name('Vandenberg', 'Testa'), name('van den Berg', 'Testa')],
    ['an apostrophe', name("van 't Hof", 'Testa'), name('van t Hof', 'Testa')],
    ['the name of a partner behind one’s own', name('Proefpersoon', 'Testa'), name('Proefpersoon-Jansen', 'Testa')],
    ['the name of a partner before it', name('Jansen - van der Proef', 'Testa'), name('van der Proef', 'Testa')],
    [
      'a new name beside the earlier one',
      named({ use: 'official', family: 'Jansen', given: ['Testa'] }, { use: 'maiden', family: 'Proefpersoon' }),
      name('Proefpersoon', 'Testa'),
    ],
    ['y and ij', name('Wijnia', 'Testa'), name('Wynia', 'Testa')],
    ['a slip of the pen', name('Proefpersson', 'Testa'), name('Proefpersoon', 'Testa')],
    ['words', text('mevr. T. van der Berg'), name('Berg', 'Testa')],
    ['words, family name first', text('Berg, T. van der'), text('Testa van der Berg')],
    ['no given name', name('Proefpersoon'), name('Proefpersoon', 'Testa')],
    ['no family name', named({ given: ['Testa'] }), name('Proefpersoon', 'Testa')],
    ['another script', name('Бергова', 'Теста'), name('Bergova', 'Testa')],
    ['a partial date', { ...name('P', 'T'), birthDate: '1990' }, { ...name('P', 'T'), birthDate: '1990-02-28' }],
    ['no date', name('P', 'T'), { ...name('P', 'T'), birthDate: '1990-02-28' }],
    ['an unknown gender', { ...name('P', 'T'), gender: 'unknown' }, { ...name('P', 'T'), gender: 'female' }],
  ])('%s', (_, one, other) => {
    expect([contradictions(one, other), contradictions(other, one)]).toEqual([[], []]);
  });
});

describe('another person under the same number', () => {
  const person: Patient = { ...name('van der Berg', 'Testa'), birthDate: '1990-02-28', gender: 'female' };
  test.each<[string, Partial<Patient>, readonly string[]]>([
    ['another family name', name('van der Meer', 'Testa'), ['name']],
    ['a relative', name('van der Berg', 'Willem'), ['name']],
    ['other initials', name('van der Berg', 'W.'), ['name']],
    ['another name in words', text('W. Jansen'), ['name']],
    ['a particle in common', name('van der Wal', 'Testa'), ['name']],
    ['another birth date', { birthDate: '1990-02-27' }, ['birthDate']],
    ['another year', { birthDate: '1991' }, ['birthDate']],
    ['another gender', { gender: 'male' }, ['gender']],
    ['all', { ...name('Jansen', 'Willem'), birthDate: '1951', gender: 'male' }, ['name', 'birthDate', 'gender']],
  ])('%s', (_, changed, elements) => {
    expect(contradictions(person, { ...person, ...changed })).toEqual(elements);
    expect(contradictions({ ...person, ...changed }, person)).toEqual(elements);
  });
});

describe('a referral that states another person for a known BSN', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
  const other: Partial<Patient> = {
    name: [{ family: 'Anders', given: ['Willem'] }],
    birthDate: '1951-07-04',
    gender: 'male',
  };
  const about = (number: string, as: string, changes: Partial<Patient> = {}): string => {
    const text = JSON.stringify(
      referralWith((it) => {
        const person = partOf(it, 'Patient');
        for (const identifier of person.identifier ?? []) if (identifier.system === bsn) identifier.value = number;
        Object.assign(person, changes);
        for (const type of ['Task', 'ServiceRequest'] as const)
          partOf(it, type).identifier = [{ system: 'https://his.example/id', value: randomUUID() }];
      }),
    );
    return as === 'gp-veenzicht' ? text.replaceAll('99990101', '99990102').replaceAll('01999901', '01999902') : text;
  };
  const refer = (number: string, as: string, changes: Partial<Patient> = {}, path = '/fhir'): Promise<Answered> =>
    gateway.ask('POST', path, { as, body: about(number, as, changes) });
  const marksOf = async (answer: Answered, as = 'registration-team'): Promise<(string | undefined)[]> => {
    expect(answer.status, answer.text).toBe(200);
    const task = resourceOf<Task>(await gateway.ask('GET', `/fhir/${locationOf(answer, 'Task')}`, { as }));
    return (task.input ?? [])
      .filter(({ type }) => type.coding?.some(({ code }) => code === 'identity-conflict'))
      .map(({ valueCode }) => valueCode);
  };

  test('is accepted; the team sees in its Task what differs, in $case too; the sender sees nothing of it', async () => {
    const number = '999990007';
    expect(await marksOf(await refer(number, 'gp-de-linde'))).toEqual([]);
    const second = await refer(number, 'gp-veenzicht', other);
    expect(await marksOf(second)).toEqual(['name', 'birthDate', 'gender']);
    const order = locationOf(second, 'ServiceRequest');
    const seen = (as: string) => gateway.ask('GET', `/fhir/${order}/$case`, { as });
    expect((await seen('registration-team')).text).toContain('identity-conflict');
    expect((await seen('gp-veenzicht')).text).not.toContain('identity-conflict');
    expect(await marksOf(second, 'gp-veenzicht')).toEqual([]);
    expect(second.text).not.toContain('identity-conflict');
  });

  test('is explained to its sender as that of an unknown person: the same steps, findings and receipts', async () => {
    const plain = (it: string): string =>
      it
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, '<at>')
        .replace(/"[0-9a-f]{64}"/g, '"<digest>"')
        .replace(/99999\d{4}/g, '<number>');
    const [known, unknown] = ['999990020', '999990032'];
    await refer(known, 'gp-de-linde');
    const answers = [
      await refer(known, 'gp-veenzicht', other, '/fhir/$explain'),
      await refer(unknown, 'gp-veenzicht', other, '/fhir/$explain'),
    ];
    expect(plain(answers[0]!.text)).toBe(plain(answers[1]!.text));
    const sent = [await refer(known, 'gp-veenzicht', other), await refer(unknown, 'gp-veenzicht', other)];
    expect(plain(sent[0]!.text)).toBe(plain(sent[1]!.text));
  });

  test('warns a sender that contradicts itself, in a dry run too, and not once it has corrected itself', async () => {
    const number = '999990044';
    await refer(number, 'gp-de-linde');
    const wrong = { birthDate: '1951-07-04' };
    expect((await refer(number, 'gp-de-linde', wrong, '/fhir/$explain')).text).toContain('identity-conflict');
    const answer = await refer(number, 'gp-de-linde', wrong);
    expect(allWarningsOf(answer)).toContain('identity-conflict');
    expect(await marksOf(answer)).toEqual(['birthDate']);
    expect(JSON.stringify(resourceOf<Bundle>(answer))).toContain('Patient.birthDate');
    expect(allWarningsOf(await refer(number, 'gp-de-linde'))).toContain('identity-conflict');
    expect(allWarningsOf(await refer(number, 'gp-de-linde'))).not.toContain('identity-conflict');
  });
});
