import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interactions } from '../../../src/http/interactions.ts';
import { modifiersOf, offeredParameters, parametersOf, sortableBy } from '../../../src/store/search-parameters.ts';
import { placerNotification } from '../notification/placer-notification.ts';
import type { Secret } from './secrets.ts';
import { idOf, type Question } from './side.ts';

/** What the one who asks may know of: every id that exists on either side, and values of the secrets to guess at. */
export type Guess = {
  readonly references: readonly string[];
  readonly secrets: readonly Secret[];
  /** Example of a referral as the one who asks would send it. */
  readonly referral: string;
};

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Question => ({
  method: 'GET',
  path: `/fhir/${path}`,
  ...(Object.keys(headers).length ? { headers } : {}),
});

const form = (type: string, query: string): Question => ({
  method: 'POST',
  path: `/fhir/${type}/_search`,
  body: query,
  contentType: 'application/x-www-form-urlencoded',
});

const enc = encodeURIComponent;

const unknownId = '00000000-0000-4000-8000-000000000000';

/** The id in a reference. `idOf` makes one of a name. */
const numberOf = (reference: string): string => reference.split('/')[1] ?? '';
const conversation = readFileSync(
  join(import.meta.dirname, '../../../examples/messages/170-conversation-as-json/input.json'),
  'utf8',
);

/** Reads of a reference in every way. */
function reads(reference: string): readonly Question[] {
  const instance = [
    get(reference),
    get(`${reference}?_summary=true`),
    get(`${reference}?_elements=status,identifier`),
    get(reference, { 'if-none-match': 'W/"1"' }),
    get(reference, { 'if-modified-since': 'Mon, 30 Nov 2026 12:00:00 GMT' }),
    get(reference, { accept: 'application/fhir+xml' }),
    { method: 'HEAD', path: `/fhir/${reference}` } as const,
    get(`${reference}/_history`),
    get(`${reference}/_history?_count=1`),
    get(`${reference}/_history?_since=2026-11-30T10:00:15Z&_summary=count`),
    ...[1, 2, 3, 4].map((version) => get(`${reference}/_history/${version}`)),
  ];
  const projected = [
    '$project?recipient=registration-team',
    '$project?recipient=ggz-horizonland&phase=candidate&_language=nl',
    '$project?recipient=wijkteam-zonnerveen',
    '$project?recipient=keerpunt-verslavingszorg&phase=after',
    '$project?recipient=gp-de-linde',
    '$project?recipient=nobody',
  ].map((it) => get(`${reference}/${it}`));
  // pages of the console, by the token of a system: the decision is the same
  const pages = ['', '?lang=en'].map((it): Question => ({ method: 'GET', path: `/inbox/${reference.slice(5)}${it}` }));
  const lists = ['new', 'open', 'done'].map((it): Question => ({ method: 'GET', path: `/inbox?show=${it}` }));
  const forms = ['register', 'conversation', 'messages'].map(
    (it): Question => ({ method: 'GET', path: `/${it}/${numberOf(reference)}` }),
  );
  const moves = ['inbox', 'register', 'conversation'].map(
    (it): Question => ({
      method: 'POST',
      path: `/${it}/${reference.slice(5)}`,
      contentType: 'application/x-www-form-urlencoded',
      body: `to=accepted&version=1&request=${unknownId}&go=send`,
    }),
  );
  if (reference.startsWith('Task/')) return [...instance, ...projected, ...pages, ...lists, ...forms, ...moves];
  if (!reference.startsWith('ServiceRequest/')) return instance;
  const envelopes = ['', '/issues'].map(
    (it): Question => ({ method: 'GET', path: `/orders/${numberOf(reference)}${it}` }),
  );
  return [
    ...instance,
    ...['$case', '$explain', '$propose-transfer'].map((it) => get(`${reference}/${it}`)),
    ...envelopes,
    ...projected,
  ];
}

/** Searches of a type by every parameter, modifier and form of answer. */
function searches(type: string, { references, secrets }: Guess): readonly Question[] {
  const ofType = (wanted: string) => references.filter((it) => it.startsWith(`${wanted}/`));
  const isByPost = interactions[type]?.search === 'post only';
  const criteria: string[] = [''];
  const numbers = secrets.filter(({ at }) => at.endsWith('.value'));
  for (const name of offeredParameters(type)) {
    const parameter = parametersOf(type)[name]!;
    const values =
      parameter.kind === 'reference'
        ? [
            ...parameter.targets.flatMap(ofType),
            'HealthcareService/addiction-care-keerpunt',
            'Organization/gp-de-linde',
          ]
        : parameter.kind === 'date'
          ? ['2026', 'gt2026-11-20', 'lt2026-11-21', 'ap2026-11-20']
          : name === 'identifier'
            ? [
                ...numbers.flatMap(({ a, b }) => [a, b]),
                ...['999901102', '999902337'].map((it) => `http://fhir.nl/fhir/NamingSystem/bsn|${it}`),
                ...references.filter((it) => it.startsWith(`${type}/`)).map((it) => it.split('/')[1]!),
              ]
            : ['requested', 'accepted', 'rejected', 'active', 'revoked', 'order', 'transfer', 'fulfill', 'selected'];
    criteria.push(...values.map((it) => `${name}=${enc(it)}`));
    criteria.push(
      ...modifiersOf(type, name).flatMap((it) => {
        if (it === 'missing') return [`${name}:missing=true`, `${name}:missing=false`];
        if (it === 'identifier')
          return numbers.slice(0, 6).flatMap(({ a, b }) => [a, b].map((v) => `${name}:identifier=${enc(v)}`));
        if (it === 'not') return values.slice(0, 12).map((v) => `${name}:not=${enc(v)}`);
        return values.slice(0, 6).map((v) => `${name}:${it}=${enc(v.split('/').at(-1)!)}`);
      }),
    );
    // what the gateway does not offer must be refused alike
    criteria.push(`${name}.identifier=999901102`, `${name}:Patient.name=Testa`);
  }
  criteria.push(
    ...[
      '_lastUpdated=gt2026-11-30T10:00:12Z',
      '_lastUpdated=lt2026-11-30T10:00:20Z',
      '_text=schulden',
      '_content=schulden',
    ],
    ...[
      '_has:Task:focus:status=requested',
      '_has:Task:patient:code=transfer',
      '_tag=x',
      '_security=x',
      '_source=x',
      '_filter=status eq active',
    ],
    `_id=${references
      .filter((it) => it.startsWith(`${type}/`))
      .map((it) => it.split('/')[1])
      .slice(0, 20)
      .join(',')}`,
    ...['_include=*', '_revinclude=*', '_include:iterate=*', '_contained=both'],
  );
  const shapes = [
    '',
    '_summary=count',
    '_total=none',
    '_count=1',
    '_elements=identifier,status',
    ...sortableBy(type).flatMap((it) => [`_sort=${it}`, `_sort=-${it}`]),
  ];
  return criteria.flatMap((criterion, index) => {
    // every criterion plain, and in one of the other forms each
    const forms = ['', shapes[1 + (index % (shapes.length - 1))]!];
    return forms.flatMap((shape) => {
      const query = [criterion, shape].filter(Boolean).join('&');
      const byForm = [form(type, query)];
      return isByPost || index % 7 === 0 ? [get(`${type}?${query}`), ...byForm] : [get(`${type}?${query}`)];
    });
  });
}

/** Attempts to write that never succeed, of which the refusal could depend on what is there. */
function attempts(reference: string, { secrets }: Guess): readonly Question[] {
  const [type, id] = reference.split('/') as [string, string];
  const patch = (body: object, version = 1): Question => ({
    method: 'PATCH',
    path: `/fhir/${reference}`,
    contentType: 'application/json-patch+json',
    body,
    headers: { 'if-match': `W/"${version}"` },
  });
  const nothing = { op: 'replace', path: '/status', value: 'no-status' };
  const probes = [
    '/note/0/text',
    '/description',
    '/for/reference',
    '/focus/reference',
    '/identifier/1/value',
    '/input/4/valueBoolean',
    '/partOf/0/reference',
    '/reasonCode/0/text',
  ];
  const versions = [1, 2, 3, 4];
  // where nothing can be patched, the address decides
  const patched = interactions[type]?.patch ? versions : [];
  return [
    patch([{ op: 'test', path: '/status', value: 'requested' }, nothing]),
    ...patched.flatMap((version) =>
      probes.map((path) => patch([{ op: 'test', path, value: secrets[0]?.a ?? 'x' }, nothing], version)),
    ),
    ...patched.map((version) => patch([{ op: 'remove', path: '/note' }, nothing], version)),
    ...patched.map((version) =>
      patch([{ op: 'copy', from: '/description', path: '/statusReason/text' }, nothing], version),
    ),
    ...patched.map(
      (version): Question => ({
        method: 'PATCH',
        path: `/fhir/${reference}`,
        body: {
          resourceType: 'Parameters',
          parameter: [
            {
              name: 'operation',
              part: [
                { name: 'type', valueCode: 'replace' },
                {
                  name: 'path',
                  valueString: `${type}.where(description.exists() or note.exists() or input.count() > 4).status`,
                },
                { name: 'value', valueCode: 'no-status' },
              ],
            },
          ],
        },
        headers: { 'if-match': `W/"${version}"` },
      }),
    ),
    ...[1, 99].map(
      (version): Question => ({
        method: 'PUT',
        path: `/fhir/${reference}`,
        body: { resourceType: type, id, status: 'no-status', intent: 'order' },
        headers: { 'if-match': `W/"${version}"` },
      }),
    ),
    ...versions.map(
      (version): Question => ({
        method: 'POST',
        path: `/fhir/${reference}/$transition`,
        body: { resourceType: 'Parameters', parameter: [{ name: 'status', valueCode: 'draft' }] },
        headers: { 'if-match': `W/"${version}"` },
      }),
    ),
    { method: 'DELETE', path: `/fhir/${reference}` },
    { method: 'PUT', path: `/fhir/${type}?identifier=999901102`, body: { resourceType: type } },
    {
      method: 'POST',
      path: `/fhir/${type}`,
      body: { resourceType: type },
      headers: { 'if-none-exist': 'identifier=999901102' },
    },
    {
      method: 'POST',
      path: '/fhir',
      body: { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'GET', url: reference } }] },
    },
    {
      method: 'POST',
      path: '/fhir',
      body: {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [{ request: { method: 'GET', url: `${type}?identifier=999901102` } }],
      },
    },
    {
      method: 'POST',
      path: '/fhir',
      body: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          {
            fullUrl: `http://localhost:8080/fhir/${reference}`,
            resource: { resourceType: type, id, status: 'no-status', intent: 'order' },
            request: { method: 'PUT', url: reference, ifMatch: 'W/"1"' },
          },
        ],
      },
    },
    {
      method: 'POST',
      path: `/fhir/${type}/$validate`,
      body: { resourceType: 'Task', status: 'requested', intent: 'order', focus: { reference } },
    },
    { method: 'GET', path: `/fhir/Subscription/${id}` },
    { method: 'GET', path: `/fhir/Subscription/${id}/$events` },
  ];
}

/** Messages that name what is there in a place where it could be looked up: all of them are refused. */
function messages(reference: string, { referral }: Guess): readonly Question[] {
  const [type] = reference.split('/');
  const post = (body: object | string, path = '/fhir'): Question => ({ method: 'POST', path, body });
  const here = `http://localhost:8080/fhir/${reference}`;
  const referring = (change: (order: Record<string, unknown>, task: Record<string, unknown>) => void) => {
    const bundle = JSON.parse(referral) as { entry: { resource: Record<string, unknown> }[] };
    const of = (wanted: string) => bundle.entry.find(({ resource }) => resource.resourceType === wanted)!.resource;
    change(of('ServiceRequest'), of('Task'));
    return bundle;
  };
  return [
    // a notification of its own system about what lies here, and about an event whose number it makes up
    ...(type === 'Task' || type === 'ServiceRequest'
      ? [
          post(placerNotification('http://localhost:8080/fhir', [{ number: 1, focus: here }]), '/notifications'),
          post(placerNotification('http://127.0.0.1:9/fhir', [{ number: 7, focus: here }]), '/notifications'),
        ]
      : []),
    ...(type === 'ServiceRequest'
      ? [
          {
            ...post(conversation.replaceAll(`ServiceRequest/${unknownId}`, reference), '/intake/conversation'),
            contentType: 'application/json',
          },
          post(
            referring((order) => Object.assign(order, { basedOn: [{ reference }] })),
            '/fhir/$explain',
          ),
          post(
            referring((order) => Object.assign(order, { replaces: [{ reference }] })),
            '/fhir/$explain',
          ),
          post(
            referring((order) => Object.assign(order, { intent: 'filler-order', basedOn: [{ reference }] })),
            '/fhir/$explain',
          ),
          post(
            {
              resourceType: 'Task',
              status: 'requested',
              intent: 'order',
              code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'abort' }] },
              focus: { reference },
            },
            '/fhir/Task',
          ),
          post(
            {
              resourceType: 'Task',
              status: 'requested',
              intent: 'order',
              code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
              focus: { reference },
            },
            '/fhir/Task',
          ),
          post(
            {
              resourceType: 'Appointment',
              status: 'booked',
              basedOn: [{ reference }],
              start: '2026-12-01T10:00:00Z',
              end: '2026-12-01T11:00:00Z',
              participant: [{ status: 'accepted', actor: { display: 'x' } }],
            },
            '/fhir/Appointment',
          ),
          post(
            { resourceType: 'QuestionnaireResponse', status: 'completed', basedOn: [{ reference }] },
            '/fhir/QuestionnaireResponse',
          ),
        ]
      : []),
    ...(type === 'Task'
      ? [
          post(
            {
              resourceType: 'Task',
              status: 'requested',
              intent: 'order',
              code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'abort' }] },
              focus: { reference },
            },
            '/fhir/Task',
          ),
          post(
            referring((_, task) => Object.assign(task, { partOf: [{ reference }] })),
            '/fhir/$explain',
          ),
        ]
      : []),
    ...(type === 'Patient'
      ? [
          post(
            referring((order) => Object.assign(order, { subject: { reference } })),
            '/fhir/$explain',
          ),
          post(
            { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject: { reference } },
            '/fhir/ServiceRequest?x',
          ),
        ]
      : []),
  ];
}

/** The pages of the console, the operations of a partner for itself, and those of an operator. */
const operations = ({ references }: Guess): readonly Question[] => {
  const read = (path: string): Question => ({ method: 'GET', path });
  const post = (path: string, body: object): Question => ({ method: 'POST', path, body });
  const filter = { since: '2026-01-01T00:00:00Z' };
  return [
    ...[
      '/',
      '/?lang=en',
      '/inbox',
      '/inbox?show=open&count=1',
      '/workbench',
      '/register',
      '/conversation',
      '/docs?q=schulden',
      '/docs/definitions',
      '/docs/openapi.json',
      '/messages',
      '/messages?state=failed',
    ].map(read),
    ...['health', 'failures', 'failures?count=1', 'endpoint', 'replays/none', 'replays/own-ggz-de-kade-20261130'].map(
      (it) => read(`/partner/${it}`),
    ),
    ...['partners', 'failures', 'messages', 'replays', 'replays/none', 'replays/none/items'].map((it) =>
      read(`/admin/${it}`),
    ),
    ...references.flatMap((it) => [
      read(`/messages?order=${it}`),
      read(`/admin/messages?order=${it}`),
      read(`/messages/${numberOf(it)}?as=case`),
      read(`/partner/deliveries/${numberOf(it)}`),
    ]),
    post('/partner/failures/$replay', filter),
    post('/admin/replays/$count', { of: 'deliveries', as: 'ran', filter }),
    post('/emergency', { about: references[0], reason: 'wil weten of er iets over deze persoon is' }),
    post('/emergency', { about: { bsn: '999901102' }, reason: 'wil weten of er iets over deze persoon is' }),
  ];
};

/** Of the gateway itself, and of others by name. */
const others = (guess: Guess): readonly Question[] => [
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/readyz' },
  { method: 'GET', path: '/metrics' },
  get('metadata'),
  get('Task/$silent'),
  get('StructureMap/$unknown-codes'),
  { method: 'GET', path: '/dead-letters' },
  ...operations(guess),
  get('Subscription'),
  get('AuditEvent'),
  get('Provenance'),
  get('Patient'),
  get('Consent'),
  get('Task/_history'),
  get('_history'),
  get('HealthcareService/$find-place?type=addiction-care'),
  ...['mgn-open-referrals', 'mgn-referrals', 'mgn-waiting-times'].map((it) =>
    get(`Measure/${it}/$evaluate-measure?periodStart=2025-01-01&periodEnd=2025-12-31`),
  ),
  { method: 'POST', path: '/fhir/$explain', body: guess.referral },
  ...['gp-de-linde', 'registration-team', 'wijkteam-zonnerveen'].map(
    (it): Question => ({ method: 'POST', path: `/fhir/$project?recipient=${it}`, body: guess.referral }),
  ),
  // the request ids of others, and an order of the same person under the numbers of others
  ...['referral', 'second referral', 'solicitation'].map(
    (it): Question => ({
      method: 'POST',
      path: '/fhir/$validate',
      body: guess.referral,
      headers: { 'x-request-id': idOf(`request ${it}`) },
    }),
  ),
];

/** What can be asked about one reference: at its address, by criteria, and in messages that name it. */
export const questionsAbout = (reference: string, guess: Omit<Guess, 'references'>): readonly Question[] => [
  ...reads(reference),
  ...attempts(reference, { ...guess, references: [] }),
  ...messages(reference, { ...guess, references: [] }),
  ...['focus', 'patient', 'part-of', 'owner', 'requester'].flatMap((name) => [
    get(`Task?${name}=${reference}`),
    get(`Task?${name}=${reference}&_summary=count`),
  ]),
  get(`${reference.split('/')[0]}?_id=${reference.split('/')[1]}`),
  get(`Task?identifier=${reference.split('/')[1]}`),
  get(`Task?identifier:not=${reference.split('/')[1]}`),
  get(`ServiceRequest?based-on=${reference}&_include=*&_revinclude=*`),
];

/** Everything that one asks. */
export function questions(guess: Guess): readonly Question[] {
  const types = Object.entries(interactions).flatMap(([type, { search, from }]) => (search && !from ? [type] : []));
  return [
    ...guess.references.flatMap(reads),
    ...types.flatMap((type) => searches(type, guess)),
    ...guess.references.flatMap((it) => attempts(it, guess)),
    ...guess.references.flatMap((it) => messages(it, guess)),
    ...others(guess),
  ];
}
