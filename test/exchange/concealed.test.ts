import { randomUUID } from 'node:crypto';
import type { Bundle, Consent, Patient, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Partner } from '../../src/directory/index.ts';
import { fhirJson } from '../../src/exchange/reading/media-type.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { dryRunsOf } from '../../src/http/dry-runs.ts';
import { silent } from '../../src/main/log.ts';
import { openStore, run } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { partOf, referralWith } from '../support/exchange/example-referral.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  type Asking,
  allWarningsOf,
  asker,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

/** An answer never depends on what its asker may not see. */
let gateway: TestGateway;
let sink: Awaited<ReturnType<typeof startSink>>;
beforeAll(async () => {
  sink = await startSink();
  gateway = await startGateway({ addresses: { 'gp-veenzicht': sink.url } });
});
afterAll(async () => {
  await gateway.stop();
  await sink.close();
});

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const about = (number: string, as = 'gp-veenzicht'): string =>
  inNameOf(
    as,
    referralWith((it) => {
      const person = partOf(it, 'Patient') as Patient;
      for (const identifier of person.identifier ?? []) if (identifier.system === bsn) identifier.value = number;
      for (const type of ['Task', 'ServiceRequest'] as const)
        partOf(it, type).identifier = [{ system: 'https://his.example/id', value: randomUUID() }];
    }),
  );

/** A practice refers in its own name: as requester it has its own numbers. */
function inNameOf(as: string, bundle: Bundle): string {
  const text = JSON.stringify(bundle);
  return as === 'gp-veenzicht' ? text.replaceAll('99990101', '99990102').replaceAll('01999901', '01999902') : text;
}
const send = (as: string, number: string): Promise<Answered> =>
  gateway.ask('POST', '/fhir', { as, body: about(number, as) });

/** An answer without what differs between any two: ids, moments, and the number that was sent. */
const normalised = ({ status, headers, text }: Answered, ...names: readonly string[]): unknown => {
  const { date: _, 'x-request-id': __, 'content-length': ___, etag: ____, ...rest } = headers;
  const plain = (it: string): string =>
    names
      .reduce((all, name) => all.replaceAll(name, '<name>'), it)
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, '<at>')
      .replace(/"[0-9a-f]{64}"/g, '"<digest>"')
      // sealed, and so different each time: of a length that tells nothing of its numbers
      .replace(/_page=([\w-]+)/g, (_, sealed: string) => `_page=<${sealed.length}>`);
  return { status, headers: JSON.parse(plain(JSON.stringify(rest))), text: plain(text) };
};

const referred = '999990007';
const stranger = '999990019';

describe('whether a person is referred', () => {
  let first: Answered;
  beforeAll(async () => {
    first = await send('gp-de-linde', referred);
    expect(first.status, first.text).toBe(200);
  });

  test('does not show in a dry run of another sender: not in steps, findings, decisions or receipts', async () => {
    const explained = (number: string) =>
      gateway.ask('POST', '/fhir/$explain', { as: 'gp-veenzicht', body: about(number) });
    const [open, none] = [await explained(referred), await explained(stranger)];
    expect(open.status).toBe(200);
    expect(normalised(open, referred)).toEqual(normalised(none, stranger));
  });

  test('nor in what another sender is answered, reads back, searches, follows or is notified of', async () => {
    const [open, none] = [await send('gp-veenzicht', referred), await send('gp-veenzicht', stranger)];
    expect(normalised(open, referred)).toEqual(normalised(none, stranger));
    const [task, order] = [locationOf(open, 'Task')!, locationOf(open, 'ServiceRequest')!];
    const asOwner = await gateway.ask('GET', `/fhir/${task}`, { as: 'registration-team' });
    expect(asOwner.text, 'its owner is notified').toContain('second-referral');
    const paths = [
      task,
      `${task}/_history`,
      `${task}/_history/1`,
      `Task?_id=${task.slice(5)}`,
      `${order}/$case`,
      `${order}/$explain`,
    ];
    for (const path of paths) {
      const seen = await gateway.ask('GET', `/fhir/${path}`, { as: 'gp-veenzicht' });
      expect([path, seen.status]).toEqual([path, 200]);
      expect(seen.text, path).not.toContain('second-referral');
    }
    await sink.until(2);
    for (const { text } of sink.received) expect(text).not.toContain('second-referral');
  });

  test('nor in a move: the answer, or a patch that tests for what its sender does not see', async () => {
    const mine = await send('gp-veenzicht', referred);
    const task = locationOf(mine, 'Task')!;
    const patch = (operations: readonly object[], version = 1) =>
      gateway.ask('PATCH', `/fhir/${task}`, {
        as: 'gp-veenzicht',
        contentType: 'application/json-patch+json',
        headers: { 'if-match': `W/"${version}"` },
        body: JSON.stringify(operations),
      });
    const seen = resourceOf<Task>(await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-veenzicht' }));
    expect(seen.input).toBeUndefined();
    const probe = await patch([{ op: 'test', path: '/input/0/valueBoolean', value: true }]);
    const same = await patch([{ op: 'test', path: '/input/1/valueBoolean', value: true }]);
    expect(normalised(probe, '/input/0')).toEqual(normalised(same, '/input/1'));
    const put = await gateway.ask('PUT', `/fhir/${task}`, {
      as: 'gp-veenzicht',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify({
        ...seen,
        status: 'cancelled',
        statusReason: {
          coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-status-reason', code: 'withdrawn-by-referrer' }],
        },
      }),
    });
    expect(put.status, put.text).toBe(200);
    expect(put.text).not.toContain('second-referral');
    const stored = await gateway.store.read('Task', task.replace('Task/', ''));
    expect(stored?.text, 'what its sender does not see is not erased by its move').toContain('second-referral');
  });

  test('shows for a sender that may read the other referral: it sent that itself', async () => {
    expect(allWarningsOf(await send('gp-de-linde', referred))).toContain('second-referral');
  });
});

const consentAbout = (person: string): Consent => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: person },
  dateTime: '2026-11-01T10:00:00+01:00',
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
});

const subscriptionTo = (filter: string): Resource =>
  ({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'Follow',
    criteria: 'https://mgn.example/fhir/SubscriptionTopic/mgn-task-registration',
    _criteria: {
      extension: [
        {
          url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria',
          valueString: filter,
        },
      ],
    },
    channel: {
      type: 'rest-hook',
      endpoint: 'https://ggz-de-kade.example/notifications',
      payload: 'application/fhir+json',
    },
  }) as unknown as Resource;

const targetOf: Readonly<Record<string, string>> = { focus: 'ServiceRequest', patient: 'Patient' };

/** Type of an id, and whether it exists, for a partner that may not read it. */
describe('a foreign id and an unknown id are answered alike', () => {
  const as = 'ggz-de-kade';
  const foreign = new Map<string, string>();
  /** Of a person whom another partner referred, and of one of whom the gateway has nothing. */
  const numbers = { foreign: '999990020', unknown: '999990032' } as const;
  beforeAll(async () => {
    const gp = await send('gp-de-linde', numbers.foreign);
    foreign.set('number', numbers.foreign);
    expect(gp.status, gp.text).toBe(200);
    for (const { response } of resourceOf<Bundle>(gp).entry ?? []) {
      const [type = '', id = ''] = (response?.location ?? '').split('/');
      foreign.set(type, id);
    }
    const subscription = await gateway.store.subscriptions({ partner: 'registration-team' });
    foreign.set('Subscription', subscription[0]?.id ?? randomUUID());
    const team = partnerAt(gateway, 'registration-team');
    const task = `Task/${foreign.get('Task')}`;
    for (const status of ['accepted', 'in-progress']) await team.move(task, { status });
    const planned = await team.post('/Appointment', {
      resourceType: 'Appointment',
      meta: { profile: ['https://mgn.example/fhir/StructureDefinition/mgn-conversation-appointment'] },
      status: 'booked',
      start: '2027-01-11T09:00:00+01:00',
      end: '2027-01-11T10:00:00+01:00',
      basedOn: [{ reference: `ServiceRequest/${foreign.get('ServiceRequest')}` }],
      participant: [{ actor: { reference: `Patient/${foreign.get('Patient')}` }, status: 'needs-action' }],
    });
    const { id } = resourceOf<Task>(planned);
    foreign.set('Appointment', planned.status === 201 && id ? id : randomUUID());
  });

  const referring = (change: (bundle: Bundle) => void): Asking => ({ body: JSON.stringify(referralWith(change)) });
  type Case = readonly ['GET' | 'POST' | 'PUT' | 'PATCH', string, Asking?];
  const cases: Readonly<Record<string, (id: (type: string) => string) => Case>> = {
    ...Object.fromEntries(
      ['Patient', 'ServiceRequest', 'Task', 'Condition', 'Appointment', 'Subscription'].flatMap((type) => [
        [`read ${type}`, (id: (type: string) => string): Case => ['GET', `${type}/${id(type)}`]],
        [`vread ${type}`, (id: (type: string) => string): Case => ['GET', `${type}/${id(type)}/_history/1`]],
        [`history ${type}`, (id: (type: string) => string): Case => ['GET', `${type}/${id(type)}/_history`]],
        [`search ${type} by id`, (id: (type: string) => string): Case => ['GET', `${type}?_id=${id(type)}`]],
      ]),
    ),
    ...Object.fromEntries(
      ['$case', '$explain', '$propose-transfer'].map((operation) => [
        operation,
        (id: (type: string) => string): Case => ['GET', `ServiceRequest/${id('ServiceRequest')}/${operation}`],
      ]),
    ),
    'search by focus': (id) => ['GET', `Task?focus=ServiceRequest/${id('ServiceRequest')}`],
    'search by patient': (id) => ['GET', `Task?patient=Patient/${id('Patient')}`],
    'search by patient, posted': (id) => [
      'POST',
      'ServiceRequest/_search',
      { body: `patient=Patient/${id('Patient')}`, contentType: 'application/x-www-form-urlencoded' },
    ],
    'the status of a Subscription': (id) => ['GET', `Subscription/${id('Subscription')}/$status`],
    'the events of a Subscription': (id) => ['GET', `Subscription/${id('Subscription')}/$events`],
    ...Object.fromEntries(
      ['W/"1"', 'W/"3"', 'W/"99"', undefined].flatMap((version) =>
        ['Task', 'ServiceRequest'].flatMap((type) => [
          [
            `$transition of ${type} at ${version}`,
            (id: (type: string) => string): Case => [
              'POST',
              `${type}/${id(type)}/$transition`,
              {
                body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 'x' }] }),
                ...(version ? { headers: { 'if-match': version } } : {}),
              },
            ],
          ],
          [
            `PUT of ${type} at ${version}`,
            (id: (type: string) => string): Case => [
              'PUT',
              `${type}/${id(type)}`,
              {
                body: JSON.stringify({ resourceType: type, id: id(type) }),
                ...(version ? { headers: { 'if-match': version } } : {}),
              },
            ],
          ],
          [
            `PATCH of ${type} at ${version}`,
            (id: (type: string) => string): Case => [
              'PATCH',
              `${type}/${id(type)}`,
              {
                body: '[]',
                contentType: 'application/json-patch+json',
                ...(version ? { headers: { 'if-match': version } } : {}),
              },
            ],
          ],
        ]),
      ),
    ),
    'a transaction of moves': (id) => [
      'POST',
      '',
      {
        body: JSON.stringify({
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [
            {
              resource: { resourceType: 'Task', id: id('Task'), status: 'accepted', intent: 'order' },
              request: { method: 'PUT', url: `Task/${id('Task')}`, ifMatch: 'W/"1"' },
            },
          ],
        }),
      },
    ],
    'update of an Appointment': (id) => [
      'PUT',
      `Appointment/${id('Appointment')}`,
      {
        body: JSON.stringify({ resourceType: 'Appointment', id: id('Appointment') }),
        headers: { 'if-match': 'W/"1"' },
      },
    ],
    'update of a Consent': (id) => [
      'PUT',
      `Consent/${id('Consent')}`,
      { body: JSON.stringify({ resourceType: 'Consent', id: id('Consent') }), headers: { 'if-match': 'W/"1"' } },
    ],
    'an Appointment for an order': (id) => [
      'POST',
      'Appointment',
      {
        body: JSON.stringify({
          resourceType: 'Appointment',
          status: 'booked',
          start: '2027-01-11T09:00:00+01:00',
          end: '2027-01-11T10:00:00+01:00',
          basedOn: [{ reference: `ServiceRequest/${id('ServiceRequest')}` }],
          participant: [{ actor: { reference: `Patient/${id('Patient')}` }, status: 'accepted' }],
        }),
      },
    ],
    ...Object.fromEntries(
      ['abort', 'complete-questionnaire'].map((verb) => [
        `a Task ${verb}`,
        (id: (type: string) => string): Case => [
          'POST',
          'Task',
          {
            body: JSON.stringify({
              resourceType: 'Task',
              status: 'requested',
              intent: 'order',
              code: {
                coding: [
                  verb === 'abort'
                    ? { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: verb }
                    : { system: 'https://mgn.example/fhir/CodeSystem/mgn-task-code', code: verb },
                ],
              },
              focus: { reference: `Task/${id('Task')}` },
              input: [
                {
                  type: { coding: [{ system: 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp', code: 'questionnaire' }] },
                  valueCanonical: 'https://mgn.example/fhir/Questionnaire/mgn-need-for-help',
                },
              ],
            }),
          },
        ],
      ]),
    ),
    'an answer to a question': (id) => [
      'POST',
      'QuestionnaireResponse',
      {
        body: JSON.stringify({
          resourceType: 'QuestionnaireResponse',
          status: 'completed',
          questionnaire: 'https://mgn.example/fhir/Questionnaire/mgn-need-for-help',
          basedOn: [{ reference: `ServiceRequest/${id('ServiceRequest')}` }],
          item: [],
        }),
      },
    ],
    ...Object.fromEntries(
      (
        [
          ['Task.partOf', 'Task', (it, to) => (partOf(it, 'Task').partOf = [{ reference: to }])],
          ['Task.basedOn', 'ServiceRequest', (it, to) => (partOf(it, 'Task').basedOn = [{ reference: to }])],
          ['Task.focus', 'ServiceRequest', (it, to) => (partOf(it, 'Task').focus = { reference: to })],
          ['Task.for', 'Patient', (it, to) => (partOf(it, 'Task').for = { reference: to })],
          [
            'ServiceRequest.basedOn',
            'ServiceRequest',
            (it, to) => (partOf(it, 'ServiceRequest').basedOn = [{ reference: to }]),
          ],
          [
            'ServiceRequest.replaces',
            'ServiceRequest',
            (it, to) => (partOf(it, 'ServiceRequest').replaces = [{ reference: to }]),
          ],
          ['Condition.subject', 'Patient', (it, to) => (partOf(it, 'Condition').subject = { reference: to })],
          [
            'Patient.link',
            'Patient',
            (it, to) => (partOf(it, 'Patient').link = [{ other: { reference: to }, type: 'seealso' }]),
          ],
        ] as readonly (readonly [string, string, (bundle: Bundle, to: string) => unknown])[]
      ).flatMap(([name, type, change]) =>
        ['', '/$explain', '/$process-message'].map((path) => [
          `${name} of a referral at ${path || '/'}`,
          (id: (type: string) => string): Case => [
            'POST',
            path.slice(1),
            referring((it) => void change(it, `${type}/${id(type)}`)),
          ],
        ]),
      ),
    ),
    ...Object.fromEntries(
      (
        [
          ['Task.for', (it, to) => (partOf(it, 'Task').for = { reference: to })],
          ['ServiceRequest.subject', (it, to) => (partOf(it, 'ServiceRequest').subject = { reference: to })],
          ['Condition.subject', (it, to) => (partOf(it, 'Condition').subject = { reference: to })],
          ['Patient.link', (it, to) => (partOf(it, 'Patient').link = [{ other: { reference: to }, type: 'seealso' }])],
        ] as readonly (readonly [string, (bundle: Bundle, to: string) => unknown])[]
      ).flatMap(([name, change]) =>
        ['', '/$explain'].map((path) => [
          `a conditional reference in ${name} at ${path || '/'}`,
          (id: (type: string) => string): Case => [
            'POST',
            path.slice(1),
            referring((it) => void change(it, `Patient?identifier=${bsn}|${id('number')}`)),
          ],
        ]),
      ),
    ),
    ...Object.fromEntries(
      ['ifNoneExist', 'url'].map((where) => [
        `a condition on the number of a person in ${where} of a transaction`,
        (id: (type: string) => string): Case => [
          'POST',
          '',
          referring((it) => {
            it.type = 'transaction';
            for (const entry of it.entry ?? []) {
              const type = entry.resource!.resourceType;
              const condition = `identifier=${bsn}|${id('number')}`;
              const isPerson = type === 'Patient';
              entry.request =
                isPerson && where === 'url'
                  ? { method: 'PUT', url: `Patient?${condition}` }
                  : { method: 'POST', url: type, ...(isPerson ? { ifNoneExist: condition } : {}) };
            }
          }),
        ],
      ]),
    ),
    ...Object.fromEntries(
      ['Patient', 'Task', 'ServiceRequest', 'Consent'].map((type) => [
        `search of ${type} by the number of a person`,
        (id: (type: string) => string): Case => [
          'POST',
          `${type}/_search`,
          {
            body: new URLSearchParams({
              [type === 'Patient' ? 'identifier' : 'patient.identifier']: `${bsn}|${id('number')}`,
            }).toString(),
            contentType: 'application/x-www-form-urlencoded',
          },
        ],
      ]),
    ),
    ...Object.fromEntries(
      [
        '_include=Task:focus',
        '_include=Task:patient',
        '_include=Task:owner',
        '_include:iterate=Task:part-of',
        '_revinclude=Task:part-of',
        '_revinclude=Task:focus',
        '_has:Task:part-of:status=requested',
        '_total=accurate',
        '_summary=count',
        '_elements=status',
      ].map((query) => [
        `search with ${query}`,
        (id: (type: string) => string): Case => ['GET', `Task?_id=${id('Task')}&${query}`],
      ]),
    ),
    'search of orders with their Tasks': (id) => [
      'GET',
      `ServiceRequest?_id=${id('ServiceRequest')}&_revinclude=Task:focus`,
    ],
    'search of Tasks by a chain over their order': (id) => [
      'GET',
      `Task?focus:ServiceRequest._id=${id('ServiceRequest')}`,
    ],
    ...Object.fromEntries(
      (
        [
          ['patient', 'Patient', (it, reference) => (it.patient = { reference })],
          ['sourceReference', 'Consent', (it, reference) => (it.sourceReference = { reference })],
          [
            'provision.data',
            'ServiceRequest',
            (it, reference) =>
              (it.provision = { ...it.provision, data: [{ meaning: 'instance', reference: { reference } }] }),
          ],
          ['organization', 'Organization', (it, reference) => (it.organization = [{ reference }])],
        ] as readonly (readonly [string, string, (consent: Consent, reference: string) => unknown])[]
      ).flatMap(([name, type, change]) =>
        ['', '/$explain'].map((path) => [
          `Consent.${name} of a referral at ${path || '/'}`,
          (id: (type: string) => string): Case => [
            'POST',
            path.slice(1),
            referring((it) => {
              const person = it.entry!.find(({ resource }) => resource?.resourceType === 'Patient')!.fullUrl!;
              const consent = consentAbout(person);
              change(consent, `${type}/${id(type)}`);
              it.entry!.push({ fullUrl: `urn:uuid:00000000-0000-4000-8000-000000000077`, resource: consent });
            }),
          ],
        ]),
      ),
    ),
    ...Object.fromEntries(
      ['focus', 'patient', '_id', 'part-of', 'requester'].map((name) => [
        `a Subscription whose filter names ${name}`,
        (id: (type: string) => string): Case => [
          'POST',
          'Subscription',
          {
            body: JSON.stringify(subscriptionTo(`${name}=${targetOf[name] ?? 'Task'}/${id(targetOf[name] ?? 'Task')}`)),
          },
        ],
      ]),
    ),
    'update of a Subscription': (id) => [
      'PUT',
      `Subscription/${id('Subscription')}`,
      {
        body: JSON.stringify({ ...subscriptionTo('owner:identifier=x'), id: id('Subscription') }),
        headers: { 'if-match': 'W/"1"' },
      },
    ],
    'a uri with the address of the gateway': (id) => [
      'POST',
      '$explain',
      referring((it) => {
        const base = gateway.running.gateway.network.settings.baseUrl;
        partOf(it, 'Task').instantiatesUri = `${base}/Task/${id('Task')}`;
      }),
    ],
    'a reference by the address of the gateway': (id) => [
      'POST',
      '$explain',
      referring((it) => {
        const base = gateway.running.gateway.network.settings.baseUrl;
        partOf(it, 'Task').partOf = [{ reference: `${base}/Task/${id('Task')}/_history/1` }];
      }),
    ],
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const unknown = new Map<string, string>();
    const unknownId = (type: string) => {
      if (!unknown.has(type)) unknown.set(type, type === 'number' ? numbers.unknown : randomUUID());
      return unknown.get(type)!;
    };
    const ask = ([method, path, asking = {}]: Case) =>
      gateway.ask(method, `/fhir${path && `/${path}`}`, { as, contentType: fhirJson, ...asking });
    const told = await ask(cases[name]!((type) => foreign.get(type) ?? randomUUID()));
    const nothing = await ask(cases[name]!(unknownId));
    expect(normalised(told, numbers.foreign)).toEqual(normalised(nothing, numbers.unknown));
    expect(told.status, told.text).toBeLessThan(500);
  });
});

describe('dry runs', () => {
  test('are limited per partner and minute: 429 with Retry-After, and the others go on', () => {
    let now = new Date('2027-03-01T10:00:00Z');
    const { network } = gateway.running.gateway;
    const settings = { ...network.settings, limits: { ...network.settings.limits, dryRunsPerMinute: 2 } };
    const dryRuns = dryRunsOf({
      ...gateway.running.gateway,
      network: { ...network, settings },
      world: { now: () => now, newId: randomUUID },
    });
    const [gp, other] = ['gp-de-linde', 'gp-veenzicht'].map((it) => network.partners.get(it)!) as [Partner, Partner];
    expect([dryRuns(gp), dryRuns(gp)]).toEqual([undefined, undefined]);
    expect(dryRuns(gp)).toMatchObject({ issues: [{ rule: 'dry-runs-exceeded' }], headers: { 'Retry-After': '60' } });
    expect(dryRuns(other)).toBeUndefined();
    now = new Date(now.getTime() + 60_000);
    expect(dryRuns(gp)).toBeUndefined();
  });

  test.each(['Patient/$validate', '$explain', 'StructureMap/$transform'])('%s is one', async (path) => {
    const configured = await demoConfiguration();
    const { settings } = configured.network;
    const network = {
      ...configured.network,
      settings: { ...settings, limits: { ...settings.limits, dryRunsPerMinute: 3 } },
    };
    const store = await openStore('sqlite::memory:');
    if (!store.ok) throw new Error(JSON.stringify(store.issues));
    const limited = await run({ ...configured, network }, store.value, { port: 0, log: silent });
    const ask = asker(`http://127.0.0.1:${limited.port}`);
    const dryRun = () => ask('POST', `/fhir/${path}`, { as: 'gp-de-linde', body: '{"resourceType":"Patient"}' });
    const within = [await dryRun(), await dryRun(), await dryRun()];
    expect(within.map(({ status }) => status)).not.toContain(429);
    const last = await dryRun();
    expect([last.status, ...rulesOf(last)]).toEqual([429, 'dry-runs-exceeded']);
    expect(last.headers['retry-after']).toMatch(/^\d+$/);
    await limited.stop();
  });
});
