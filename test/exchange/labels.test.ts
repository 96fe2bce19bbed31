import type { Appointment, Bundle, Meta, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referralText, referralWith } from '../support/exchange/example-referral.ts';
import { allWarningsOf, locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const system = 'https://ehr.example/tags';
const tag = (code: string) => ({ system, code, display: `Tag ${code}` });
const restricted = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
const referred = async () => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  return { task: locationOf(answer, 'Task')!, order: locationOf(answer, 'ServiceRequest')! };
};
const read = async (what: string, as = 'registration-team') =>
  resourceOf<Task>(await gateway.ask('GET', `/fhir/${what}`, { as }));
const labels = ({ meta }: { meta?: Meta }) => [
  meta?.tag?.map(({ code }) => code),
  meta?.security?.map((it) => it.code),
];

describe('the tags and security labels that a writer sends', () => {
  test('with an update of a Task are stored, whatever else its Meta says, and stay when a later update lacks them', async () => {
    const { task } = await referred();
    const before = await read(task);
    const put = async (version: number, change: (it: Task) => Task) => {
      const present = await read(task);
      const answer = await gateway.ask('PUT', `/fhir/${task}`, {
        as: 'registration-team',
        headers: { 'if-match': `W/"${version}"` },
        body: JSON.stringify(change(present)),
      });
      expect(answer.status, answer.text.slice(0, 400)).toBe(200);
      return resourceOf<Task>(answer);
    };
    const labelled = await put(1, (it) => ({
      ...it,
      status: 'accepted',
      meta: { ...it.meta, source: 'urn:other', tag: [tag('one')], security: [restricted] },
    }));
    expect(labels(labelled)).toEqual([['one'], ['R']]);
    expect(labelled.meta?.source).toBe(before.meta?.source);
    const { meta: _, ...bare } = await read(task);
    expect(labels(await put(2, () => ({ ...bare, status: 'in-progress' }) as Task))).toEqual([['one'], ['R']]);
    const more = await put(3, (it) => ({ ...it, meta: { tag: [tag('two'), { ...tag('one'), display: 'again' }] } }));
    expect(labels(more)).toEqual([['one', 'two'], ['R']]);
    expect(labels(await read(task))).toEqual([['one', 'two'], ['R']]);
  });

  test('with a patch are added and removed', async () => {
    const { task } = await referred();
    const patch = async (version: number, operations: readonly object[]) => {
      const answer = await gateway.ask('PATCH', `/fhir/${task}`, {
        as: 'registration-team',
        contentType: 'application/json-patch+json',
        headers: { 'if-match': `W/"${version}"` },
        body: JSON.stringify(operations),
      });
      expect(answer.status, answer.text.slice(0, 400)).toBe(200);
      return labels(resourceOf<Task>(answer));
    };
    expect(await patch(1, [{ op: 'add', path: '/meta/tag', value: [tag('one'), tag('two')] }])).toEqual([
      ['one', 'two'],
      undefined,
    ]);
    expect(await patch(2, [{ op: 'remove', path: '/meta/tag/0' }])).toEqual([['two'], undefined]);
    expect(await patch(3, [{ op: 'remove', path: '/meta/tag' }])).toEqual([undefined, undefined]);
  });

  test('with an Appointment are stored when it is created and when it is updated', async () => {
    const { task, order } = await referred();
    await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    });
    const created = await gateway.ask('POST', '/fhir/Appointment', {
      as: 'registration-team',
      body: JSON.stringify({
        resourceType: 'Appointment',
        meta: {
          profile: ['https://mgn.example/fhir/StructureDefinition/mgn-conversation-appointment'],
          tag: [tag('one')],
        },
        status: 'booked',
        start: '2027-01-11T09:00:00+01:00',
        end: '2027-01-11T10:00:00+01:00',
        basedOn: [{ reference: order }],
        participant: [{ actor: { display: 'The person' }, status: 'needs-action' }],
      }),
    });
    const appointment = resourceOf<Appointment>(created);
    expect(labels(appointment), created.text.slice(0, 400)).toEqual([['one'], undefined]);
    const updated = await gateway.ask('PUT', `/fhir/Appointment/${appointment.id}`, {
      as: 'registration-team',
      headers: { 'if-match': 'W/"1"' },
      body: JSON.stringify({ ...appointment, status: 'arrived', meta: { tag: [tag('two')], security: [restricted] } }),
    });
    expect(labels(resourceOf<Appointment>(updated)), updated.text.slice(0, 400)).toEqual([['one', 'two'], ['R']]);
  });
});

describe('what the envelope of a message states', () => {
  const message = (): Bundle => {
    const { entry = [] } = referralWith(() => undefined);
    return {
      resourceType: 'Bundle',
      type: 'message',
      timestamp: '2026-11-20T10:15:00+01:00',
      identifier: { system: 'https://his.example/bundles', value: 'one' },
      entry: [
        {
          fullUrl: 'urn:uuid:0b9d1f36-1a4f-4f0e-8a3a-3c1e41d0a001',
          resource: {
            resourceType: 'MessageHeader',
            id: '0b9d1f36-1a4f-4f0e-8a3a-3c1e41d0a001',
            eventUri: 'https://his.example/referral',
            source: { endpoint: 'https://his.example' },
            destination: [{ endpoint: 'https://team.example' }],
            reason: { text: 'Aanmelding' },
            focus: [{ reference: entry.find(({ resource }) => resource?.resourceType === 'Task')!.fullUrl! }],
          },
        },
        ...entry,
      ],
    };
  };

  test('and no receiver gets (identifier, reason, a destination elsewhere) is named in a warning at its place', async () => {
    const answer = await gateway.ask('POST', '/fhir/$process-message', {
      as: 'gp-de-linde',
      body: JSON.stringify(message()),
    });
    expect(answer.status, answer.text.slice(0, 400)).toBe(200);
    expect(allWarningsOf(answer).filter((it) => it === 'envelope-not-delivered')).toHaveLength(3);
    const outcome = resourceOf<Bundle>(answer).entry?.[1]?.resource as OperationOutcome;
    expect(outcome.issue.flatMap(({ expression }) => expression ?? [])).toEqual(
      expect.arrayContaining([
        'Bundle.identifier',
        'Bundle.entry[0].resource.reason',
        'Bundle.entry[0].resource.destination',
      ]),
    );
  });

  test('a destination that is the gateway itself is its address, and no loss', async () => {
    const { baseUrl } = gateway.running.gateway.network.settings;
    const sent = message();
    const header = sent.entry?.[0]?.resource;
    if (header?.resourceType === 'MessageHeader') header.destination = [{ endpoint: `${baseUrl}/$process-message` }];
    header!.id = '0b9d1f36-1a4f-4f0e-8a3a-3c1e41d0a002';
    const answer = await gateway.ask('POST', '/fhir/$process-message', {
      as: 'gp-de-linde',
      body: JSON.stringify(sent),
    });
    expect(answer.text).not.toContain('resource.destination');
  });
});
