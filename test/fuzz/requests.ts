import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpRoutes } from '../../src/http/http-routes.ts';
import { searchable } from '../../src/http/interactions.ts';
import type { Random } from '../support/random.ts';
import { mutateJson, mutateText, prototypeNames } from './mutate.ts';

export type FuzzRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Ids of resources that are in the store, by type: what a path may lead to. */
export type Stored = Readonly<Record<string, readonly string[]>>;

const examples = join(import.meta.dirname, '../../examples/messages');

type Sample = { readonly text: string; readonly contentType: string };

const contentTypes: Readonly<Record<string, string>> = {
  'input.json': 'application/fhir+json',
  'input.xml': 'application/fhir+xml',
  'input.hl7': 'x-application/hl7-v2+er7',
};

const inputs: readonly Sample[] = readdirSync(examples).flatMap((folder) =>
  Object.entries(contentTypes).flatMap(([name, contentType]) => {
    const path = join(examples, folder, name);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return text && text.length < 50_000 ? [{ text, contentType }] : [];
  }),
);

const parameter = (...all: readonly object[]) => ({ resourceType: 'Parameters', parameter: all });

const documents: readonly object[] = [
  parameter({ name: 'status', valueCode: 'accepted' }, { name: 'reason', valueCode: 'full' }),
  parameter(
    { name: 'outcome', valueString: 'x' },
    { name: 'answer', resource: { resourceType: 'QuestionnaireResponse', status: 'completed' } },
  ),
  parameter({
    name: 'operation',
    part: [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: 'Task.status' },
      { name: 'value', valueCode: 'accepted' },
    ],
  }),
  parameter({
    name: 'operation',
    part: [
      { name: 'type', valueCode: 'add' },
      { name: 'path', valueString: 'Task' },
      { name: 'name', valueString: 'note' },
      { name: 'value', part: [{ name: 'text', valueString: 'x' }] },
    ],
  }),
  parameter({ name: 'type', valueCode: 'mental-health' }, { name: 'postcode', valueString: '9999' }),
  parameter({ name: 'periodStart', valueDate: '2026-01-01' }, { name: 'periodEnd', valueDate: '2026-12-31' }),
  parameter(
    { name: 'content', resource: { resourceType: 'Patient' } },
    { name: 'srcMap', valueString: 'map "http://x.example/m" = "m"\ngroup g(source s, target t) {}' },
  ),
  parameter(
    { name: 'resource', resource: { resourceType: 'Patient', meta: { profile: ['http://x.example/p'] } } },
    { name: 'profile', valueUri: 'http://hl7.org/fhir/StructureDefinition/Patient' },
  ),
  [
    { op: 'test', path: '/status', value: 'requested' },
    { op: 'replace', path: '/status', value: 'accepted' },
  ],
  [{ op: 'replace', path: '', value: { resourceType: 'Task' } }],
  [{ op: 'remove', path: '' }],
  [
    { op: 'copy', from: '/input', path: '/output' },
    { op: 'move', from: '/meta', path: '/x' },
  ],
  {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ code: 'abort' }] },
    focus: { reference: 'Task/1' },
  },
  { resourceType: 'QuestionnaireResponse', status: 'completed', basedOn: [{ reference: 'ServiceRequest/1' }] },
  {
    resourceType: 'Appointment',
    status: 'booked',
    start: '2026-12-01T10:00:00+01:00',
    end: '2026-12-01T11:00:00+01:00',
    basedOn: [{ reference: 'ServiceRequest/1' }],
    participant: [{ actor: { reference: 'Patient/1' }, status: 'accepted' }],
  },
  {
    resourceType: 'Consent',
    status: 'inactive',
    scope: { coding: [{ code: 'patient-privacy' }] },
    category: [],
    provision: { period: { end: '2026-12-01' } },
  },
  {
    resourceType: 'HealthcareService',
    id: '1',
    active: true,
    extension: [{ url: 'http://x.example/e', valueInteger: 1 }],
  },
  {
    resourceType: 'Subscription',
    status: 'requested',
    criteria: 'Task?owner=Organization/1',
    reason: 'x',
    channel: { type: 'rest-hook', endpoint: 'http://127.0.0.1:1/x', payload: 'application/fhir+json' },
  },
  {
    resourceType: 'Bundle',
    type: 'history',
    entry: [
      {
        resource: parameter(
          { name: 'subscription', valueReference: { reference: 'Subscription/1' } },
          { name: 'notification-event', part: [{ name: 'focus', valueReference: { reference: 'Task/1' } }] },
        ),
      },
    ],
  },
  {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        request: { method: 'PATCH', url: 'Task/1', ifMatch: 'W/"1"' },
        resource: { resourceType: 'Binary', data: 'W10=' },
      },
    ],
  },
  { set: '' },
];

const partners: readonly string[] = ['gp-de-linde', 'ggz-zuiderpoort', 'operator'];
const mediaTypes: readonly string[] = [
  'application/fhir+json',
  'application/json',
  'application/json-patch+json',
  'application/fhir+xml',
  'x-application/hl7-v2+er7',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/fhir+json; charset=constructor',
  'x-application/hl7-v2+er7; charset=latin1',
  '',
];
const accepts: readonly string[] = [
  'application/fhir+json',
  'application/fhir+xml',
  'text/csv',
  '*/*;q=0',
  'constructor',
];
const shaping: readonly string[] = [
  '_count',
  '_sort',
  '_cursor',
  '_format',
  '_total',
  '_summary',
  '_elements',
  '_pretty',
];
const others: readonly string[] = [
  'type',
  'postcode',
  'source',
  'profile',
  'periodStart',
  'periodEnd',
  'content',
  '_since',
];
const values: readonly string[] = [
  '',
  '1',
  '-1',
  'x',
  'a|b',
  '|',
  'gt2026-01-01',
  'eq2026-13',
  'Task/1',
  ',',
  '\\',
  '%00',
  'json',
  'xml',
];

/** One request to one of the gateway's routes, with something changed in it. */
export function fuzzRequest(random: Random, stored: Stored, tokens: readonly string[] = partners): FuzzRequest {
  const { methods, path, type = '' } = random.pick(httpRoutes);
  const method = random.chance(0.95) ? random.pick(methods) : random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
  const sample = method === 'GET' ? undefined : sampleFor(random, path);
  return {
    method,
    path: filled(path, type, random, stored) + query(type, random),
    headers: headers(random, sample?.contentType ?? '', tokens),
    ...(sample ? { body: sample.text } : {}),
  };
}

const filled = (path: string, type: string, random: Random, stored: Stored): string =>
  path.replace(/:(\w+)/g, (_, name: string) => {
    if (name === 'version') return random.pick(['1', '2', '0', 'x']);
    if (name === 'name') return random.pick(['referral', 'conversation', 'constructor']);
    const ids = stored[type] ?? [];
    return ids.length > 0 && random.chance(0.8) ? random.pick(ids) : random.pick(['1', ...prototypeNames, '%00', '%']);
  });

function query(type: string, random: Random): string {
  if (random.chance(0.6)) return '';
  const names = [...prototypeNames, ...shaping, ...others, ...(type ? searchable(type) : [])];
  const one = () =>
    `${encodeURIComponent(random.pick(names))}${random.chance(0.2) ? `:${random.pick(['exact', 'not', 'identifier', 'missing', ...prototypeNames])}` : ''}=${random.pick([...values, ...prototypeNames])}`;
  return `?${Array.from({ length: 1 + random.int(3) }, one).join('&')}`;
}

function headers(random: Random, contentType: string, tokens: readonly string[]): Record<string, string> {
  const uuid = `00000000-0000-4000-8000-${String(random.int(1e9)).padStart(12, '0')}`;
  return {
    authorization: random.chance(0.97) ? `Bearer demo-${random.pick(tokens)}` : random.pick(['', 'Bearer', 'Basic x']),
    'content-type': random.chance(0.9) ? contentType : random.pick(mediaTypes),
    'x-request-id': random.chance(0.95) ? uuid : random.pick(['', 'x', ...prototypeNames]),
    'if-match': random.chance(0.9) ? random.pick(['W/"1"', 'W/"2"']) : random.pick(['', '*', 'x']),
    ...(random.chance(0.5) ? { accept: random.pick(accepts) } : {}),
    ...(random.chance(0.03) ? { 'content-encoding': random.pick(['gzip', 'constructor']) } : {}),
  };
}

function sampleFor(random: Random, path: string): Sample {
  const isIntake = path.startsWith('/intake');
  if (path.endsWith('_search'))
    return { text: query('Task', random).slice(1), contentType: 'application/x-www-form-urlencoded' };
  const wholeMessage = path === '/fhir' || isIntake || random.chance(0.3);
  if (wholeMessage) {
    const sample = random.pick(inputs);
    const contentType =
      isIntake && sample.contentType === 'application/fhir+json' ? 'application/json' : sample.contentType;
    return { text: changed(sample.text, contentType, random), contentType };
  }
  const document = random.pick(documents);
  const contentType = Array.isArray(document) ? 'application/json-patch+json' : 'application/fhir+json';
  return {
    text: random.chance(0.9) ? JSON.stringify(mutateJson(document, random)) : JSON.stringify(document),
    contentType,
  };
}

function changed(text: string, contentType: string, random: Random): string {
  if (!contentType.includes('json') || random.chance(0.15)) return mutateText(text, random);
  try {
    return JSON.stringify(mutateJson(JSON.parse(text), random));
  } catch {
    return text;
  }
}
