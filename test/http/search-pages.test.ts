import type { Bundle } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSearch, pageMinutes, sealSearch } from '../../src/http/page-link.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { idsOf, linkOf, restClient } from '../support/rest-client.ts';
import { resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Client libraries follow `next` by GET, whatever began the search; and a BSN is never in an address. */
const bsn = '999901102';
const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
let gateway: TestGateway;
let team: ReturnType<typeof restClient>;
beforeAll(async () => {
  gateway = await startGateway();
  team = restClient(gateway, 'registration-team');
  for (let n = 0; n < 5; n++) await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
});
afterAll(() => gateway.stop());

async function pagesOf(first: Bundle): Promise<Bundle[]> {
  const pages = [first];
  for (let page: Bundle | undefined = first; page && pages.length < 20; ) {
    page = await team.follow(page);
    if (page) pages.push(page);
  }
  return pages;
}

describe('a search by POST', () => {
  test('has self and next, and its pages are those of the same search by GET', async () => {
    const body = 'status=requested&_count=2&_sort=authored-on';
    const posted = resourceOf<Bundle>(await team.post('/fhir/Task/_search', body));
    expect(linkOf(posted, 'self')).toContain('/fhir/Task?status=requested&_count=2&_sort=authored-on');
    const pages = await pagesOf(posted);
    expect(pages.map((it) => idsOf(it).length)).toEqual([2, 2, 1]);
    expect(new Set(pages.flatMap((it) => idsOf(it))).size).toBe(5);
    expect(pages).toEqual(await pagesOf(await team.find(`Task?${body}`)));
    expect(pages[0]?.total).toBe(5);
  });

  test('of persons by BSN has pages too, without the number in any link', async () => {
    const body = new URLSearchParams({ identifier: `${bsnSystem}|${bsn}`, _count: '2' }).toString();
    const posted = resourceOf<Bundle>(await team.post('/fhir/Patient/_search', body));
    expect(posted.total).toBe(5);
    const pages = await pagesOf(posted);
    expect(pages.map((it) => idsOf(it).length)).toEqual([2, 2, 1]);
    expect(new Set(pages.flatMap((it) => idsOf(it))).size).toBe(5);
    for (const page of pages)
      for (const { url } of page.link ?? []) {
        expect(decodeURIComponent(url)).not.toMatch(/9999\d{5}|NamingSystem/);
        expect(Buffer.from(url.split('_page=')[1] ?? '', 'base64url').toString('latin1')).not.toContain(bsn);
      }
    expect(idsOf(resourceOf<Bundle>(await team.get(team.local(linkOf(posted, 'self')!))))).toEqual(idsOf(pages[0]!));
  });

  test.each([`identifier=${bsn}`, `patient=${bsn}`, `code=${bsn.replace(/(...)/g, '$1.')}`, `identifier=urn:x|${bsn}`])(
    'by a number that may be a BSN is sealed: %s',
    async (body) => {
      const posted = resourceOf<Bundle>(await team.post('/fhir/Task/_search', body));
      expect(linkOf(posted, 'self')).toMatch(/^[^?]*\?_page=[\w-]+$/);
    },
  );

  test('with a parameter in its address, as some libraries send it, has both', async () => {
    const posted = resourceOf<Bundle>(await team.post('/fhir/Task/_search?status=requested', '_count=2'));
    expect((await pagesOf(posted)).flatMap((it) => idsOf(it))).toHaveLength(5);
  });
});

describe('a link to a page', () => {
  test('has a length that tells nothing of the numbers in it, and is opened whatever is in it', () => {
    const [key, at] = [new Uint8Array(32).fill(7), { partner: 'gp-de-linde', type: 'Patient' }];
    const now = new Date('2026-12-01T12:00:00Z');
    const lengths = Array.from({ length: 500 }, (_, n) => {
      const parameters = new URLSearchParams({
        identifier: `${bsnSystem}|9999${(n * 7_919) % 100_000}`.padEnd(52, '0'),
      });
      const sealed = sealSearch(key, { ...at, parameters }, new Date(now.getTime() + n * 977))!;
      expect(openSearch(key, sealed, at, new Date(now.getTime() + n * 977))?.toString()).toBe(parameters.toString());
      return sealed.length;
    });
    expect(new Set(lengths).size).toBe(1);
    const long = new URLSearchParams({ _id: Array.from({ length: 90_000 }, (_, n) => n * 7_919).join(',') });
    expect(sealSearch(key, { ...at, parameters: long }, now)).toBeUndefined();
  });

  const first = async () =>
    linkOf(resourceOf<Bundle>(await team.post('/fhir/Patient/_search', `identifier=${bsn}&_count=2`)), 'next')!;

  test('is for its partner and its type only, and not for who changes it', async () => {
    const path = team.local(await first());
    const gp = restClient(gateway, 'gp-de-linde');
    const changed = `${path.slice(0, -5)}AAAAA`;
    for (const answer of [
      await gp.get(path),
      await team.get(path.replace('/Patient?', '/Task?')),
      await team.get(changed),
      await team.get('/fhir/Patient?_page='),
      await team.get('/fhir/Patient?_page=x'),
    ])
      expect([answer.status, ...rulesOf(answer)]).toEqual([400, 'search-page-expired']);
    expect((await team.get(path)).status).toBe(200);
  });

  test('needs authentication like any other request', async () => {
    const answer = await gateway.ask('GET', team.local(await first()));
    expect(answer.status).toBe(401);
  });

  test('ends after its time', () => {
    const key = gateway.store.keyFor('page');
    const bound = { partner: 'a', type: 'Task' };
    const [now, parameters] = [new Date(0), new URLSearchParams({ status: 'requested' })];
    const sealed = sealSearch(key, { ...bound, parameters }, now)!;
    const at = (minutes: number) => openSearch(key, sealed, bound, new Date(minutes * 60_000))?.toString();
    expect(at(pageMinutes - 1)).toBe('status=requested');
    expect(at(pageMinutes)).toBeUndefined();
    expect(openSearch(gateway.store.keyFor('another purpose'), sealed, bound, now)).toBeUndefined();
  });

  test('that would be too long for an address is refused, instead of left out', async () => {
    const noise = Array.from({ length: 90 }, () => crypto.randomUUID() + crypto.randomUUID() + crypto.randomUUID());
    const answer = await team.post('/fhir/Task/_search', `identifier=${noise.join(',')}`);
    expect(rulesOf(answer)).toEqual(['search-too-costly']);
  });
});
