import type { Bundle, OperationOutcome, Resource, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inclusionsFrom, inclusionsTo, interactions, searchable } from '../../src/http/interactions.ts';
import { capabilityStatement } from '../../src/http/metadata.ts';
import { modifiersOf, parametersOf, sortableBy } from '../../src/store/search-parameters.ts';
import { partOf, referralWith } from '../support/exchange/example-referral.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { subscriptionRequest } from '../support/notification/subscription.ts';
import { entriesOf, idsOf, linkOf, restClient } from '../support/rest-client.ts';
import { type Listener, openListener } from '../support/servers/notification-endpoint.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const as = 'registration-team';
let gateway: TestGateway;
let listener: Listener;
let team: ReturnType<typeof restClient>;
let gp: ReturnType<typeof restClient>;
let first: Awaited<ReturnType<typeof referred>>;
let second: Awaited<ReturnType<typeof referred>>;
beforeAll(async () => {
  listener = await openListener();
  gateway = await startGateway({ addresses: { [as]: listener.base } });
  team = restClient(gateway, as);
  gp = restClient(gateway, 'gp-de-linde');
  first = await referred('2026-11-20T10:00:00+01:00');
  second = await referred('2026-11-10');
});
afterAll(async () => {
  await gateway.stop();
  await listener.close();
});

async function referred(authoredOn: string) {
  const body = JSON.stringify(
    referralWith((it) => {
      partOf(it, 'Task').authoredOn = authoredOn;
      partOf(it, 'ServiceRequest').authoredOn = authoredOn;
    }),
  );
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  expect(answer.status, answer.text).toBe(200);
  const [task, order, person] = ['Task', 'ServiceRequest', 'Patient'].map((it) => locationOf(answer, it)!);
  return { task: task!, order: order!, person: person! };
}

const lenient = { prefer: 'return=representation, handling=lenient' };
const outcomeOf = (bundle: Bundle) =>
  (entriesOf(bundle, 'outcome')[0] as OperationOutcome | undefined)?.issue.map((it) => it.details?.coding?.[1]?.code);

describe('the CapabilityStatement says what a search does', () => {
  const statement = capabilityStatement('http://localhost:8080/fhir', '0', new Date(0)).rest?.[0]?.resource ?? [];

  test.each(Object.keys(interactions).filter((it) => interactions[it]?.search))(
    '%s: parameters, modifiers, sorts, inclusions',
    async (type) => {
      const stated = statement.find((it) => it.type === type);
      expect(stated?.searchParam?.map(({ name }) => name)).toEqual(searchable(type));
      const ask = async (query: string) => {
        const answer = await team.post(`/fhir/${type}/_search`, query);
        return answer.status === 200 ? 'found' : rulesOf(answer)[0];
      };
      const value = (name: string): string =>
        name === '_lastUpdated' || parametersOf(type)[name]?.kind === 'date' ? 'ap2026-11-20' : 'x';
      for (const { name = '', documentation = '' } of stated?.searchParam ?? []) {
        expect(await ask(`${name}=${value(name)}`), name).toBe('found');
        for (const modifier of documentation.match(/:[A-Za-z]+/g) ?? []) {
          const isName = modifiersOf(type, name).includes(modifier.slice(1));
          if (isName)
            expect(await ask(`${name}${modifier}=${modifier === ':missing' ? 'true' : 'x'}`), name).toBe('found');
        }
        expect(await ask(`${name}:exact=x`), name).toBe('search-modifier-unsupported');
      }
      for (const name of sortableBy(type))
        for (const sort of [name, `-${name}`]) expect(await ask(`_sort=${sort}`)).toBe('found');
      for (const name of stated?.searchInclude ?? []) expect(await ask(`_include=${name}`), name).toBe('found');
      for (const name of stated?.searchRevInclude ?? []) expect(await ask(`_revinclude=${name}`), name).toBe('found');
      expect(await ask('_include=Nothing:here')).toBe('search-include-unsupported');
    },
  );

  test('Task follows focus, patient and owner, forth and back', () => {
    const names = (type: string) => inclusionsFrom(type).map((it) => `${it.source}:${it.parameter}`);
    expect(names('Task')).toEqual(expect.arrayContaining(['Task:focus', 'Task:patient', 'Task:owner']));
    for (const [type, name] of [
      ['ServiceRequest', 'focus'],
      ['Patient', 'patient'],
      ['HealthcareService', 'owner'],
    ])
      expect(inclusionsTo(type!)).toContainEqual(expect.objectContaining({ source: 'Task', parameter: name }));
  });
});

describe('a parameter that is not supported', () => {
  test.each([
    ['foo=bar', 'search-parameter-unknown'],
    ['patient.identifier=x', 'search-parameter-unknown'],
    ['_has:Task:focus:status=x', 'search-parameter-unknown'],
    ['_source=x', 'search-parameter-unknown'],
    ['status:text=x', 'search-modifier-unsupported'],
    ['authored-on=zz2026-11-20', 'search-modifier-unsupported'],
    ['_sort=owner', 'search-sort-unsupported'],
    ['_include=Task:location', 'search-include-unsupported'],
    ['_include:iterate=Task:focus', 'search-parameter-unknown'],
  ])('is refused with its reason, by default and strictly: %s', async (query, rule) => {
    for (const headers of [{}, { prefer: 'handling=strict' }, { prefer: 'handling=anything' }]) {
      const answer = await team.get(`/fhir/Task?${query}`, headers);
      expect([answer.status, ...rulesOf(answer)]).toEqual([400, rule]);
    }
  });

  test.each([
    'foo=bar',
    '_sort=owner',
    '_include=Task:location',
    'patient.identifier=999901102',
    '_has:Task:focus:status=x',
  ])('is ignored by a lenient search, which says so: %s', async (query) => {
    const found = await team.find(`Task?${query}&status=requested`, lenient);
    expect(idsOf(found).sort()).toEqual([first.task, second.task].sort());
    expect(linkOf(found, 'self')).toBe('http://localhost:8080/fhir/Task?status=requested');
    expect(outcomeOf(found)).toEqual(['search-parameter-ignored']);
  });

  test.each(['status:text=x', 'authored-on=zz2026-11-20', 'status=|', '_count=x'])(
    'with another meaning is refused by a lenient search too: %s',
    async (query) => expect((await team.get(`/fhir/Task?${query}`, lenient)).status).toBe(400),
  );

  test('is refused or ignored alike in the directory, and in a collection', async () => {
    for (const type of ['Organization', 'HealthcareService', 'Subscription', 'Questionnaire', 'StructureMap']) {
      expect(rulesOf(await team.get(`/fhir/${type}?foo=bar`)), type).toEqual(['search-parameter-unknown']);
      expect(outcomeOf(await team.find(`${type}?foo=bar`, lenient)), type).toEqual(['search-parameter-ignored']);
      for (const hint of ['_pretty=true', '_summary=true', '_elements=name', '_format=json', '_contained=true'])
        expect((await team.get(`/fhir/${type}?${hint}`)).status, `${type} ${hint}`).toBe(200);
    }
  });
});

describe('hints', () => {
  const keysOf = (it: Resource | undefined) =>
    Object.keys(it ?? {}).filter((key) => !['id', 'meta', 'resourceType'].includes(key));
  const tagged = (it: Resource | undefined) => it?.meta?.tag?.some(({ code }) => code === 'SUBSETTED');

  test('_elements leaves these and the mandatory ones, of the type that is searched; marked', async () => {
    const found = await team.find(
      `Task?_id=${first.task.split('/')[1]}&_elements=focus,Patient.name&_include=Task:focus`,
    );
    const [task, order] = [entriesOf(found)[0], entriesOf(found, 'include')[0]];
    expect(keysOf(task).sort()).toEqual(['focus', 'intent', 'status']);
    expect([tagged(task), tagged(order)]).toEqual([true, undefined]);
    expect(task?.meta?.versionId).toBe('1');
  });

  test('_summary: true, text, data and count', async () => {
    const of = async (summary: string) => team.find(`Task?_id=${first.task.split('/')[1]}&_summary=${summary}`);
    const all = keysOf(entriesOf(await of('false'))[0]);
    expect(keysOf(entriesOf(await of('true'))[0])).toEqual(
      all.filter((it) => !['extension', 'identifier', 'authoredOn', 'input'].includes(it)),
    );
    expect(keysOf(entriesOf(await of('text'))[0]).sort()).toEqual(['intent', 'status']);
    expect(keysOf(entriesOf(await of('data'))[0])).toEqual(all);
    const count = await of('count');
    expect([count.total, idsOf(count)]).toEqual([1, []]);
    expect(rulesOf(await team.get('/fhir/Task?_summary=some'))).toEqual(['search-value-malformed']);
  });

  test('they shape a read and a history as they shape a search', async () => {
    const read = resourceOf<Task>(await team.get(`/fhir/${first.task}?_elements=status`));
    expect([keysOf(read as Resource), tagged(read)]).toEqual([['status', 'intent'], true]);
    const history = await team.find(`${first.task}/_history?_summary=true`);
    expect(tagged(history.entry?.[0]?.resource)).toBe(true);
    expect(tagged(resourceOf(await team.get('/fhir/Organization/gp-de-linde?_elements=name')) as Resource)).toBe(true);
  });

  test('a part of a resource is refused as an update: it would remove the rest', async () => {
    const part = resourceOf<Task>(await team.get(`/fhir/${first.task}?_summary=data`));
    const answer = await gateway.ask('PUT', `/fhir/${first.task}`, {
      as,
      body: JSON.stringify({ ...part, status: 'accepted' }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect([answer.status, ...rulesOf(answer)]).toEqual([422, 'subsetted-not-updatable']);
  });
});

describe('_include and _revinclude', () => {
  test('bring focus, patient and owner, each once, beside the matches and outside their number', async () => {
    const found = await team.find(
      'Task?_include=Task:focus&_include=Task:patient,Task:owner&_count=1&_sort=-authored-on',
    );
    expect([found.total, idsOf(found)]).toEqual([2, [first.task]]);
    expect(idsOf(found, 'include')).toEqual([first.order, first.person, 'HealthcareService/conversation-zonnerveen']);
    const next = (await team.follow(found))!;
    expect(idsOf(next, 'include'), 'each page has its own').toEqual([
      second.order,
      second.person,
      'HealthcareService/conversation-zonnerveen',
    ]);
    const both = await team.find('Task?_include=*');
    expect(idsOf(both, 'include').filter((it) => it.startsWith('HealthcareService/'))).toHaveLength(1);
    expect(idsOf(await team.find('Task?_include=Task:focus:Task'), 'include')).toEqual([]);
  });

  test('lead back from order, person and service', async () => {
    const id = (it: string) => it.split('/')[1];
    const ofOrder = await team.find(`ServiceRequest?_id=${id(first.order)}&_revinclude=Task:focus`);
    expect([idsOf(ofOrder), idsOf(ofOrder, 'include')]).toEqual([[first.order], [first.task]]);
    const body = `_id=${id(second.person)}&_revinclude=Task:patient&_revinclude=ServiceRequest:patient`;
    const ofPerson = resourceOf<Bundle>(await team.post('/fhir/Patient/_search', body));
    expect(idsOf(ofPerson, 'include').sort()).toEqual([second.task, second.order].sort());
    const ofService = await team.find('HealthcareService?_id=conversation-zonnerveen&_revinclude=Task:owner');
    expect(idsOf(ofService, 'include').sort()).toEqual([first.task, second.task].sort());
  });

  test('show nobody what it may not read, nor that it exists', async () => {
    const kade = restClient(gateway, 'ggz-de-kade');
    const ofService = await kade.find('HealthcareService?_id=conversation-zonnerveen&_revinclude=Task:owner');
    expect([ofService.total, idsOf(ofService, 'include')]).toEqual([1, []]);
    const rejected = await referred('2026-11-21');
    const before = await team.find(`Task?_id=${rejected.task.split('/')[1]}&_include=*`);
    expect(idsOf(before, 'include')).toContain(rejected.person);
    const moved = await partnerAt(gateway, as).move(rejected.task, { status: 'rejected', reason: 'patient-choice' });
    expect(moved.status, moved.text).toBe(200);
    const after = await team.find(`Task?_id=${rejected.task.split('/')[1]}&_include=*`);
    expect([
      idsOf(after),
      idsOf(after, 'include').filter((it) => /^(Patient|ServiceRequest|Practitioner)/.test(it)),
    ]).toEqual([[rejected.task], []]);
  });

  test('what is included is on record as read', async () => {
    const requestId = crypto.randomUUID();
    const { task, person } = await referred('2026-11-24');
    await team.get(`/fhir/Task?_id=${task.slice(5)}&_include=Task:patient`, { 'x-request-id': requestId });
    const [event] = (await gateway.store.audit({ requestId, count: 5 })).items;
    expect(event?.text).toContain(person);
  });
});

describe('a candidate', () => {
  const candidate = 'addiction-care-keerpunt';

  test('finds nothing by what it does not see, in results, numbers and pages', async () => {
    const { task, order, person } = await referred('2026-11-22');
    const partner = partnerAt(gateway, as);
    await partner.move(task, { status: 'accepted' });
    await partner.move(task, { status: 'in-progress' });
    const bundle = transferOf([candidate, 'specialist-ggz-horizonland'], { onward: { basedOn: order, partOf: task } });
    const answer = await partner.post('', bundle);
    expect(answer.status, answer.text).toBe(200);
    const sent = resourceOf<Bundle>(answer).entry?.map(
      ({ response }) => response?.location?.replace(/\/_history.*/, '') ?? '',
    );
    const tasks = sent?.filter((it) => it.startsWith('Task/')) ?? [];
    const newOrder = sent?.find((it) => it.startsWith('ServiceRequest/')) ?? '';
    const keerpunt = restClient(gateway, 'keerpunt-verslavingszorg');
    const own = await keerpunt.find('Task?_include=*');
    expect(idsOf(own)).toHaveLength(1);
    expect(tasks).toContain(idsOf(own)[0]);
    expect(
      idsOf(own, 'include').every((it) => it.startsWith('HealthcareService/') || it.startsWith('Organization/')),
    ).toBe(true);
    for (const query of [
      `focus=${newOrder}`,
      `focus:missing=false&focus=${newOrder}`,
      `part-of=${task}`,
      'part-of:missing=false',
      `patient=${person}`,
      'patient:missing=false',
    ])
      for (const more of ['', '&_count=0', '&_summary=count', '&_count=1']) {
        const found = await keerpunt.find(`Task?${query}${more}`);
        expect([query, found.total ?? 0, idsOf(found), linkOf(found, 'next')]).toEqual([query, 0, [], undefined]);
      }
    expect((await keerpunt.find('Task?status=requested')).total).toBe(1);
  });
});

describe('search by party finds what a Subscription with the same filter is notified of', () => {
  const ura = (it: string) => `http://fhir.nl/fhir/NamingSystem/ura|${it}`;

  test('requester:identifier, where the requester is a PractitionerRole of the practice', async () => {
    const query = (it: string) => `Task?requester:identifier=${encodeURIComponent(it)}&_count=500`;
    const { requester } = resourceOf<Task>(await gp.get(`/fhir/${first.task}`));
    expect(requester?.reference).toMatch(/^PractitionerRole\//);
    const all = idsOf(await gp.find('Task?_count=500'));
    for (const it of [ura('99990101'), '99990101']) {
      expect(idsOf(await gp.find(query(it)))).toEqual(all);
      expect(idsOf(await team.find(query(it)))).toEqual(expect.arrayContaining([first.task, second.task]));
    }
    expect((await gp.find(query(ura('99990101')))).total).toBe(all.length);
    for (const it of [ura('99990102'), 'http://fhir.nl/fhir/NamingSystem/agb|99990101'])
      expect(idsOf(await team.find(query(it))), it).toEqual([]);
  });

  test('owner:identifier, of the service and of its organisation', async () => {
    const organization = resourceOf<{ resourceType: 'Organization'; identifier: { system: string; value: string }[] }>(
      await team.get('/fhir/Organization/network-veen-en-mond'),
    );
    const own = organization.identifier.map(({ system, value }) => `${system}|${value}`);
    for (const it of ['https://network-veen-en-mond.example/healthcareservice|002', ...own])
      expect(idsOf(await team.find(`Task?owner:identifier=${encodeURIComponent(it)}&_count=500`)), it).toEqual(
        expect.arrayContaining([first.task, second.task]),
      );
    expect(idsOf(await team.find('Task?owner:identifier=urn:x|002'))).toEqual([]);
  });
});

describe('order and missing', () => {
  test('_sort by authored-on, both ways, over pages', async () => {
    const both = `Task?_id=${[first.task, second.task].map((it) => it.split('/')[1]).join(',')}&_count=1`;
    for (const [sort, order] of [
      ['authored-on', [second.task, first.task]],
      ['-authored-on', [first.task, second.task]],
    ] as const) {
      const page = await team.find(`${both}&_sort=${sort}`);
      expect([...idsOf(page), ...idsOf((await team.follow(page))!)]).toEqual(order);
    }
  });

  test(':missing, ap and _total', async () => {
    const missing = async (it: string) =>
      idsOf(await team.find(`Task?business-status:missing=${it}&_id=${first.task.split('/')[1]}`));
    expect([await missing('true'), await missing('false')]).toEqual([[first.task], []]);
    expect(rulesOf(await team.get('/fhir/Task?business-status:missing=maybe'))).toEqual(['search-value-malformed']);
    expect(idsOf(await team.find(`Task?authored-on=ap2026-11-20&_id=${first.task.split('/')[1]}`))).toEqual([
      first.task,
    ]);
    expect(idsOf(await team.find(`Task?authored-on=ap2001-01-01&_id=${first.task.split('/')[1]}`))).toEqual([]);
    expect((await team.find('Task?_total=none')).total).toBeUndefined();
  });
});

describe('search of Subscriptions', () => {
  test('by status, topic, endpoint, type and payload; in pages', async () => {
    const ask = (filter: string) =>
      gateway.ask('POST', '/fhir/Subscription', {
        as,
        body: JSON.stringify(subscriptionRequest({ endpoint: listener.base, filter })),
      });
    const one = resourceOf(await ask('owner=HealthcareService/conversation-zonnerveen')).id!;
    const two = resourceOf(await ask('owner=Organization/network-veen-en-mond')).id!;
    await expect.poll(async () => (await team.find('Subscription?status=active')).total).toBe(2);
    const found = async (query: string) => (await team.find(`Subscription?${query}`)).total;
    expect(await found('status=off')).toBe(0);
    expect(await found('status=off,active')).toBe(2);
    expect(await found('status=http://hl7.org/fhir/subscription-status|active')).toBe(2);
    expect(await found(`_id=${one}`)).toBe(1);
    expect(await found('criteria=https://mgn.example/fhir/SubscriptionTopic/mgn-task-registration')).toBe(2);
    expect(await found('criteria=https://mgn.example/fhir/SubscriptionTopic/mgn-task-transfer')).toBe(0);
    expect(await found(`url=${encodeURIComponent(listener.base)}&type=rest-hook`)).toBe(2);
    expect(await found('payload=application/fhir%2Bxml')).toBe(0);
    expect(rulesOf(await team.get('/fhir/Subscription?status:not=off'))).toEqual(['search-modifier-unsupported']);
    const page = await team.find('Subscription?_count=1');
    expect([...idsOf(page), ...idsOf((await team.follow(page))!)].sort()).toEqual(
      [`Subscription/${one}`, `Subscription/${two}`].sort(),
    );
    expect((await gp.find('Subscription')).total).toBe(0);
  });
});
