import { expect, test } from 'vitest';
import { isLong, isWhole } from '../support/long.ts';
import { anyReferral, type Case, leaksIn, openPair } from '../support/non-interference/pair.ts';
import { questions } from '../support/non-interference/questions.ts';
import { idOf, type Question } from '../support/non-interference/side.ts';

/**
 * What may not be read may not be searched, chained, included, counted, sorted, paged or inferred either. Two gateways get
 * the same messages but for a secret; whoever may not know it asks both the same, and gets the same: status, headers, bytes,
 * and about as many statements of the store.
 */
const cases: readonly (Case & { readonly who: string; readonly inShort?: true })[] = [
  { who: 'the owner of a Task, not what others send about the person', as: 'registration-team' },
  { who: 'the sender, not what care records and asks of others', as: 'gp-de-linde' },
  { who: 'a candidate before and after the choice of another', as: 'keerpunt-verslavingszorg', inShort: true },
  { who: 'a candidate that rejected, and was selected for another order', as: 'ggz-horizonland' },
  { who: 'the social domain with consent', as: 'wijkteam-zonnerveen', inShort: true },
  { who: 'the social domain after the end of consent', as: 'wijkteam-zonnerveen', hasEnded: true },
  { who: 'a referrer of the social domain, not what care writes', as: 'sociaal-werk-lissenmond' },
  { who: 'the social domain without consent', as: 'herstelinitiatief-de-brug' },
  { who: 'another referrer of the same person', as: 'gp-veenzicht' },
  { who: 'a referrer whose referral was rejected', as: 'gp-het-baken' },
  { who: 'a provider that was asked nothing', as: 'jeugdpraktijk-windveer' },
  { who: 'a candidate after the withdrawal of the order', as: 'keerpunt-verslavingszorg', hasEnded: true },
  {
    who: 'a referrer, whether another one referred the person',
    as: 'gp-het-baken',
    without: 'second referral',
    inShort: true,
  },
  { who: 'the first referrer, whether another one referred the person', as: 'gp-de-linde', without: 'second referral' },
  { who: 'a provider, whether anybody referred the person', as: 'ggz-de-kade', without: 'second referral' },
  { who: 'a candidate, whether there is a further one', as: 'keerpunt-verslavingszorg', without: 'third candidate' },
  { who: 'the selected candidate, whether there was another', as: 'ggz-horizonland', without: 'rival candidate' },
  {
    who: 'a candidate, whether its Task has a number at its sender',
    as: 'keerpunt-verslavingszorg',
    without: 'number of a candidate',
  },
  { who: 'a candidate, whether there is a case consultation', as: 'keerpunt-verslavingszorg', without: 'consultation' },
];

/** Of all questions, every so many are asked by `npm test`; a prime, so that no kind of question is always left out. */
const stride = isWhole ? 1 : isLong ? 23 : 89;

test.each(cases.filter(({ inShort }) => isWhole || isLong || inShort))(
  '$who',
  async (it) => {
    const pair = await openPair(it);
    try {
      expect(pair.played.failed).toEqual([]);
      expect(pair.secrets.length, 'elements with a secret').toBeGreaterThan(20);
      const guess = { references: pair.references, secrets: pair.secrets, referral: anyReferral };
      const asked = [...questions(guess).filter((_, index) => index % stride === 0), ...sends(it.as)];
      expect(await leaksIn(pair, it.as, asked)).toEqual([]);
    } finally {
      await pair.close();
    }
  },
  1_200_000,
);

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
    path: '/fhir/Patient/_search',
    contentType: 'application/x-www-form-urlencoded',
    body: 'identifier=999901102',
  },
];
