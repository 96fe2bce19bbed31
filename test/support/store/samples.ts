/** Plainly fictive things to store. */
import { mgnNaming } from '../../../src/fhir/canonical.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import type { AuditEvent, Change, Commit, Dispatch, Message, Query, Store } from '../../../src/store/port.ts';

export const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 22, 9, 0, seconds));

type TestResource = Resource & { readonly id: string };

export const task = (id: string, elements: object = {}): TestResource =>
  ({
    resourceType: 'Task',
    id,
    status: 'requested',
    intent: 'order',
    owner: { reference: 'HealthcareService/team-noord' },
    authoredOn: '2026-11-22T10:00:00+01:00',
    ...elements,
  }) as TestResource;

export const patient = (id: string, bsn: string): TestResource =>
  ({
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn }],
    name: [{ family: 'Testpersoon' }],
  }) as TestResource;

export const create = (resource: TestResource, ...readers: string[]): Change => ({ resource, expect: 'new', readers });
export const update = (resource: TestResource, version: number, ...readers: string[]): Change => ({
  resource,
  expect: { version },
  readers,
});

export const message = (requestId: string, elements: Partial<Message> = {}): Message => ({
  id: `message-${requestId}`,
  partner: 'praktijk-zuid',
  requestId,
  traceId: `trace-${requestId}`,
  bodyDigest: 'digest-1',
  contentType: 'application/fhir+json',
  body: new TextEncoder().encode('{"resourceType":"Bundle"}'),
  receivedAt: at(0),
  configuration: 'configuration-1',
  answer: { status: 200, contentType: 'application/fhir+json', body: '{}' },
  messageLog: '{"steps":[]}',
  ...elements,
});

export const dispatch = (id: string, recipient = 'team-noord', elements: Partial<Dispatch> = {}): Dispatch => ({
  id,
  recipient,
  channel: 'fhir-rest',
  kind: 'referral',
  body: `{"resourceType":"Bundle","id":"${id}"}`,
  contentType: 'application/fhir+json',
  requestId: `request-${id}`,
  traceId: `trace-${id}`,
  ...elements,
});

export const auditEvent = (
  id: string,
  {
    requestId,
    correlationId,
    traceId,
    references = [],
  }: { requestId?: string; correlationId?: string; traceId?: string; references?: string[] } = {},
): AuditEvent => ({
  resourceType: 'AuditEvent',
  id,
  type: { code: 'rest' },
  recorded: at(0).toISOString(),
  agent: [{ requestor: true }],
  source: { observer: { display: 'mgn-gateway' } },
  entity: [
    ...(requestId ? [{ what: { identifier: { system: mgnNaming('request-id'), value: requestId } } }] : []),
    ...(correlationId ? [{ what: { identifier: { system: mgnNaming('correlation-id'), value: correlationId } } }] : []),
    ...(traceId ? [{ what: { identifier: { system: mgnNaming('trace-id'), value: traceId } } }] : []),
    ...references.map((reference) => ({ what: { reference } })),
  ],
});

export const commit = (store: Store, parts: Omit<Commit, 'now'>, seconds = 0) =>
  store.commit({ now: at(seconds), ...parts });

/** The ids that a search finds, in its order; the kind of the answer when it finds none for a reason. */
export async function found(
  store: Store,
  type: string,
  criteria: Readonly<Record<string, string | readonly string[]>>,
  more: Partial<Query> & { reader?: string } = {},
): Promise<readonly string[] | string> {
  const { reader, ...query } = more;
  const answer = await store.search(
    type,
    {
      criteria: Object.entries(criteria).map(([key, values]) => {
        const [name = '', modifier] = key.split(':');
        return { name, values: typeof values === 'string' ? [values] : values, ...(modifier ? { modifier } : {}) };
      }),
      count: 50,
      ...query,
    },
    reader,
  );
  return answer.kind === 'found' ? answer.resources.map((it) => it.id) : `${answer.kind} ${answer.name}`;
}
