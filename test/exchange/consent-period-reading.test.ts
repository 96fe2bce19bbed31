import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterEach, expect, test } from 'vitest';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The right of the social domain to read ends with the period of the Consent, which no message announces. */
let gateway: TestGateway | undefined;
afterEach(() => gateway?.stop());

const example = readFileSync(
  join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'),
  'utf8',
);
const municipality = 'wijkteam-zonnerveen';
const hour = 3_600_000;

test('the order, the person, their versions, searches, counts, inclusions and operations', async () => {
  let later = 0;
  const it = await startGateway({
    configure: (configured) => ({
      ...configured,
      world: { ...configured.world, now: () => new Date(Date.now() + later) },
    }),
  });
  gateway = it;
  const bundle = JSON.parse(example) as Bundle;
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'Consent')
      resource.provision = { ...resource.provision, period: { end: new Date(Date.now() + hour).toISOString() } };
  const sent = await it.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(bundle) });
  expect(sent.status, sent.text).toBe(200);
  const [task] = (await partnerAt(it, municipality).tasks('')) as (Task & { id: string })[];
  const [order, person] = [task!.focus!.reference!, task!.for!.reference!];
  const addresses = [
    ...[order, `${order}/_history`, `${order}/_history/1`, `${order}/$case`, `${order}/$explain`],
    ...[person, `${person}/_history`, `${person}/_history/1`],
  ];
  const searches = [`ServiceRequest?patient=${person}`, 'ServiceRequest?_summary=count', 'Task?_include=*'];
  const look = async () => ({
    statuses: await Promise.all(
      addresses.map(async (path) => (await it.ask('GET', `/fhir/${path}`, { as: municipality })).status),
    ),
    searches: await Promise.all(
      searches.map(async (path) => {
        const found = resourceOf<Bundle>(await it.ask('GET', `/fhir/${path}`, { as: municipality }));
        return [found.total, (found.entry ?? []).filter(({ resource }) => resource?.resourceType !== 'Task').length];
      }),
    ),
    persons: resourceOf<Bundle>(
      await it.ask('POST', '/fhir/Patient/_search', {
        as: municipality,
        contentType: 'application/x-www-form-urlencoded',
        body: '_count=5',
      }),
    ).total,
  });
  const before = await look();
  expect(before.statuses).toEqual(addresses.map(() => 200));
  expect(before.persons).toBe(1);
  expect(before.searches[1]).toEqual([1, 0]);
  later = 2 * hour;
  const after = await look();
  expect(after.statuses).toEqual(addresses.map(() => 404));
  expect(after.persons).toBe(0);
  expect(after.searches.slice(0, 2)).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(after.searches[2]).toEqual([1, expect.any(Number)]);
  expect((await it.ask('GET', '/fhir/Task?_include=*', { as: municipality })).text).not.toContain('Proefpersoon');
  // it finds its Task, and the sender still reads all
  expect(await partnerAt(it, municipality).status(`Task/${task!.id}`)).toBe(200);
  expect(await partnerAt(it, 'gp-de-linde').status(order)).toBe(200);
});
