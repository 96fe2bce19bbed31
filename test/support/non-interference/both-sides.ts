import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLong, isWhole } from '../long.ts';
import { anyReferral, type Case, leaksIn, openPair } from './pair.ts';
import { questions } from './questions.ts';
import { idOf, type Question } from './side.ts';

/**
 * What may not be read may not be searched, chained, included, counted, sorted, paged or inferred either. Two gateways get
 * the same messages but for a secret; whoever may not know it asks both the same, and gets the same: status, headers, bytes,
 * deliveries, notifications, and about as many statements of the store.
 */
export type NamedCase = Case & { readonly who: string; readonly inShort?: true };

/** Of all questions, every so many are asked by `npm test`; a prime, so that no kind of question is always left out. */
const stride = isWhole ? 1 : isLong ? 23 : 89;

/** A test for each case; `npm test` has those that are marked for it. */
export const asksBothSides = (cases: readonly NamedCase[]): void =>
  test.each(cases.filter(({ inShort }) => isWhole || isLong || inShort))('$who', { timeout: 3_600_000 }, async (it) => {
    const pair = await openPair(it);
    try {
      expect(pair.played.failed).toEqual([]);
      expect(pair.secrets.length, 'elements with a secret').toBeGreaterThan(20);
      expect(pair.delivered).toEqual([]);
      const guess = { references: pair.references, secrets: pair.secrets, referral: anyReferral };
      const asked = [...questions(guess).filter((_, index) => index % stride === 0), ...sends(it.as)];
      const since = performance.now();
      expect(await leaksIn(pair, it.as, asked)).toEqual([]);
      if (isWhole)
        console.info(`${asked.length} questions in ${Math.round((performance.now() - since) / 1_000)} s: ${it.who}`);
    } finally {
      await pair.close();
    }
  });

const example = (file: string): string =>
  readFileSync(join(import.meta.dirname, '../../../examples/messages', file), 'utf8');

/** At last it refers the same person itself, by the numbers of others, and reads what came of it. */
const sends = (as: string): readonly Question[] => [
  { method: 'GET', path: '/readyz' },
  { method: 'POST', path: '/fhir', body: anyReferral.replaceAll('"2026-001"', '"linde-1"') },
  { method: 'POST', path: '/fhir', body: anyReferral, headers: { 'x-request-id': idOf('request referral') } },
  { method: 'GET', path: '/fhir/Task?_count=2' },
  { method: 'GET', path: `/fhir/Task?_count=1&_total=accurate&${as}` },
  { method: 'GET', path: '/fhir/Task?_count=500&_revinclude=*&_include=*' },
  {
    method: 'POST',
    path: '/intake/referral',
    contentType: 'application/json',
    body: example('127-referral-form/input.json'),
  },
  {
    method: 'POST',
    path: '/intake/referral',
    contentType: 'x-application/hl7-v2+er7',
    body: example('120-ref-i12/input.hl7'),
  },
  { method: 'GET', path: '/fhir/Task?_count=3' },
  { method: 'GET', path: '/fhir/Subscription?_count=50' },
  {
    method: 'POST',
    path: '/fhir/Patient/_search',
    contentType: 'application/x-www-form-urlencoded',
    body: 'identifier=999901102',
  },
];
