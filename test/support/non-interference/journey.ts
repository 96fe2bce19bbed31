import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Resource } from '../../../src/fhir/resource.ts';
import { topics } from '../../../src/subscription/index.ts';
import { consent, recordOf, social } from '../exchange/conversation-record.ts';
import { subscriptionRequest } from '../notification/subscription.ts';
import { addressOfSystem, idOf, type Question, type Reply, type Side, type Step } from './side.ts';

/** The body of an event as this side sends it. */
export type Edit = (event: string, body: string) => string;

type Asked = { readonly as: string; readonly question: Question };

/** References of the journey, by name: the same on both sides. */
export type Found = ReadonlyMap<string, string>;

const folder = join(import.meta.dirname, '../../../examples/messages');
const example = (name: string): string => readFileSync(join(folder, name, 'input.json'), 'utf8');

type Event = {
  readonly name: string;
  readonly as: string;
  readonly ask: (found: Found, read: Read) => Question | Promise<Question>;
  /** Played after the questions about an open journey only. */
  readonly isEnd?: true;
  /** Names under which references of the answer are remembered: `order` for `ServiceRequest`. */
  readonly remember?: Readonly<Record<string, string | readonly string[]>>;
};

type Read = (as: string, reference: string | undefined) => Promise<Resource>;

/** Names of the events that may be left out on one side. */
export type Optional =
  | 'second referral'
  | 'third candidate'
  | 'rival candidate'
  | 'number of a candidate'
  | 'consultation';

const post = (text: string | object): Question => ({
  method: 'POST',
  path: '/fhir',
  body: typeof text === 'string' ? text : JSON.stringify(text),
});

const transition = (reference: string | undefined, version: number, parameters: object): Question => ({
  method: 'POST',
  path: `/fhir/${reference}/$transition`,
  body: { resourceType: 'Parameters', ...parameters },
  headers: { 'if-match': `W/"${version}"` },
});

const code = (name: string, valueCode: string) => ({ name, valueCode });
const accept = { parameter: [code('status', 'accepted')] };

/** A referral with its own order number. */
const numbered = (text: string, number: string): string => text.replaceAll('"2026-001"', `"${number}"`);

/** Its requester is no organisation of the directory, so that the team may refer in its name. */
const unlisted = (text: string): string => text.replaceAll('99990101', '99990199').replaceAll('01999901', '01999999');

/** The order of the example asked of several candidates, with numbers of its own. */
function solicitation(name: string, candidates: readonly string[]): string {
  const bundle = JSON.parse(example('001-referral-as-collection')) as Bundle;
  const entries = bundle.entry ?? [];
  const order = entries.find(({ resource }) => resource?.resourceType === 'ServiceRequest')!;
  const { fullUrl, resource } = entries.find(({ resource }) => resource?.resourceType === 'Task')!;
  const useCase = { system: 'https://mgn.example/fhir/CodeSystem/mgn-use-case', code: 'transfer' };
  Object.assign(order.resource!, {
    category: [{ coding: [useCase] }],
    identifier: [{ system: 'https://ehr.example/orders', value: `${name}-order` }],
  });
  const { for: _, description: __, note: ___, ...rest } = resource as Task;
  const tasks = candidates.map((owner, index) => ({
    fullUrl: index === 0 ? fullUrl! : `urn:uuid:${idOf(`${name} ${index}`)}`,
    resource: {
      ...rest,
      identifier: [{ system: 'https://ehr.example/tasks', value: `${name}-task-${index}` }],
      code: {
        coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-task-code', code: 'request-fulfillment' }, useCase],
      },
      owner: { reference: `HealthcareService/${owner}` },
    } as Task,
  }));
  return JSON.stringify({
    ...bundle,
    meta: { profile: ['https://mgn.example/fhir/StructureDefinition/mgn-solicitation-bundle'] },
    entry: [...entries.filter((it) => it.resource !== resource), ...tasks],
  });
}

/** A partner follows its Tasks, as their owner and as the sender of their orders. */
const subscriptionsOf = (side: Side, partner: string): readonly Question[] => {
  const { services, identifiers } = side.party(partner);
  const filters = [
    ...(services.length ? [`owner=${services.join(',')}`] : []),
    ...(identifiers.length ? [`requester:identifier=${identifiers.join(',')}`] : []),
  ];
  return topics.flatMap((topic) =>
    filters.map(
      (filter): Question => ({
        method: 'POST',
        path: '/fhir/Subscription',
        body: subscriptionRequest({ endpoint: addressOfSystem(partner), topic, filter }),
      }),
    ),
  );
};

const consultation = (name: string, found: Found): string =>
  example(name)
    // invited without a right to know about whom
    .replaceAll('HealthcareService/specialist-ggz-horizonland', 'HealthcareService/basic-ggz-de-kade')
    .replaceAll('ServiceRequest/00000000-0000-4000-8000-000000000000', found.get('order')!)
    .replaceAll('Task/00000000-0000-4000-8000-000000000001', found.get('consultation') ?? 'Task/none');

/** The events, in order. `without` leaves some out. */
const events = (without: ReadonlySet<Optional>): readonly (Event & { readonly only?: Optional })[] => [
  {
    name: 'referral',
    as: 'gp-de-linde',
    ask: () => post(numbered(example('001-referral-as-collection'), 'linde-1')),
    remember: { ServiceRequest: 'order', Task: 'task', Patient: 'person' },
  },
  { name: 'accepted', as: 'registration-team', ask: (it) => transition(it.get('task'), 1, accept) },
  {
    name: 'record',
    as: 'registration-team',
    ask: (it) => post(recordOf({ reference: it.get('order') }, [social, consent])),
    remember: { Consent: 'consent' },
  },
  {
    name: 'solicitation',
    as: 'registration-team',
    ask: () =>
      post(
        unlisted(
          solicitation('chosen', [
            'specialist-ggz-horizonland',
            ...(without.has('rival candidate') ? [] : ['addiction-care-keerpunt']),
          ]),
        ),
      ),
    remember: { ServiceRequest: 'transfer', Task: ['chosen horizonland', 'chosen keerpunt'] },
  },
  {
    name: 'open solicitation',
    as: 'gp-de-linde',
    ask: () =>
      post(
        solicitation('open', [
          'addiction-care-keerpunt',
          'specialist-ggz-horizonland',
          ...(without.has('third candidate') ? [] : ['crisis-horizonland']),
        ]).replace(
          '"value":"open-task-0"}',
          without.has('number of a candidate')
            ? '$&'
            : '$&,{"system":"https://ehr.example/further","value":"open-further-0"}',
        ),
      ),
    remember: { ServiceRequest: 'open transfer', Task: ['open keerpunt', 'open horizonland', 'open crisis'] },
  },
  {
    name: 'candidate accepts',
    as: 'ggz-horizonland',
    ask: (it) => transition(it.get('chosen horizonland'), 1, accept),
  },
  {
    name: 'selected',
    as: 'registration-team',
    ask: (it) => transition(it.get('chosen horizonland'), 2, { parameter: [code('businessStatus', 'selected')] }),
  },
  {
    name: 'candidate rejects',
    as: 'ggz-horizonland',
    ask: (it) =>
      transition(it.get('open horizonland'), 1, {
        parameter: [code('status', 'rejected'), code('reason', 'at-capacity')],
      }),
  },
  {
    name: 'followed',
    as: 'sociaal-werk-lissenmond',
    ask: () => post(example('009-referral-by-social-work')),
    remember: { Task: 'followed' },
  },
  { name: 'followed accepted', as: 'registration-team', ask: (it) => transition(it.get('followed'), 1, accept) },
  {
    name: 'note of care',
    as: 'registration-team',
    ask: (it) => ({
      method: 'PATCH',
      path: `/fhir/${it.get('followed')}`,
      contentType: 'application/json-patch+json',
      body: JSON.stringify([{ op: 'add', path: '/note', value: [{ text: 'Spreekt over zijn schulden en drinkt' }] }]),
      headers: { 'if-match': 'W/"2"' },
    }),
  },
  {
    name: 'second referral',
    only: 'second referral',
    as: 'gp-veenzicht',
    ask: () =>
      post(
        numbered(example('001-referral-as-collection'), 'veenzicht-1')
          .replaceAll('gp-de-linde', 'gp-veenzicht')
          .replaceAll('De Linde', 'Veenzicht')
          .replaceAll('99990101', '99990102')
          .replaceAll('01999901', '01999902'),
      ),
    remember: { ServiceRequest: 'second order', Task: 'second task' },
  },
  {
    name: 'rejected referral',
    as: 'gp-het-baken',
    ask: () =>
      post(
        numbered(example('001-referral-as-collection'), 'baken-1')
          .replaceAll('gp-de-linde', 'gp-het-baken')
          .replaceAll('99990101', '99990103')
          .replaceAll('01999901', '01999903'),
      ),
    remember: { Task: 'rejected task', ServiceRequest: 'rejected order' },
  },
  {
    name: 'referral rejected',
    as: 'registration-team',
    ask: (it) =>
      transition(it.get('rejected task'), 1, {
        parameter: [code('status', 'rejected'), code('reason', 'at-capacity')],
      }),
  },
  {
    name: 'consultation',
    only: 'consultation',
    as: 'gp-de-linde',
    ask: (it) => post(consultation('150-consultation-asked', it)),
    remember: { Task: 'consultation' },
  },
  {
    name: 'consultation accepted',
    only: 'consultation',
    as: 'registration-team',
    ask: (it) => transition(it.get('consultation'), 1, accept),
  },
  {
    name: 'consultation prepared',
    only: 'consultation',
    as: 'registration-team',
    ask: (it) => post(consultation('151-consultation-prepared', it)),
  },
  {
    name: 'consultation begun',
    only: 'consultation',
    as: 'registration-team',
    ask: async (it, read) => {
      const { meta } = await read('registration-team', it.get('consultation'));
      return transition(it.get('consultation'), Number(meta?.versionId), {
        parameter: [code('status', 'in-progress')],
      });
    },
  },
  {
    name: 'minutes',
    only: 'consultation',
    as: 'registration-team',
    ask: (it) => post(consultation('152-consultation-recorded', it)),
  },
  {
    name: 'consent withdrawn',
    isEnd: true,
    as: 'registration-team',
    ask: async (it, read) => {
      const recorded = await read('registration-team', it.get('consent'));
      return {
        method: 'PUT',
        path: `/fhir/${it.get('consent')}`,
        body: { ...recorded, status: 'inactive' },
        headers: { 'if-match': `W/"${recorded.meta?.versionId}"` },
      };
    },
  },
  {
    name: 'order withdrawn',
    isEnd: true,
    as: 'gp-de-linde',
    ask: async (it, read) => {
      const version = Number((await read('gp-de-linde', it.get('open transfer')))?.meta?.versionId);
      return transition(it.get('open transfer'), version, {
        parameter: [code('status', 'revoked'), code('reason', 'withdrawn-by-person')],
      });
    },
  },
];

export type Played = { readonly found: Found; readonly failed: readonly string[] };

export type Playing = {
  readonly edit: Edit;
  readonly without?: ReadonlySet<Optional>;
  readonly hasEnded?: boolean;
  /** Has Subscriptions from the start. */
  readonly subscriber?: string;
};

/** Plays the journey on one side. Its steps have the same names and moments on both. */
export async function playJourney(
  side: Side,
  { edit, without = new Set(), hasEnded = false, subscriber }: Playing,
): Promise<Played> {
  const found = new Map<string, string>();
  const failed: string[] = [];
  const ask = (step: Step, { as, question }: Asked): Promise<Reply> =>
    side.ask(step, as, {
      ...question,
      ...(question.body === undefined
        ? {}
        : { body: edit(step.name, typeof question.body === 'string' ? question.body : JSON.stringify(question.body)) }),
    });
  const subscribed = subscriber === undefined ? [] : subscriptionsOf(side, subscriber);
  for (const [index, question] of subscribed.entries()) {
    const answer = await side.ask({ name: `subscription ${index}`, number: 1 }, subscriber, question);
    if (answer.status >= 300) failed.push(`subscription: ${answer.status} ${answer.text.slice(0, 600)}`);
  }
  // their handshakes
  if (subscriber !== undefined) await side.deliver({ name: 'handshakes', number: 2 }, subscriber);
  for (const [index, event] of events(without).entries()) {
    if ((event.only && without.has(event.only)) || (event.isEnd && !hasEnded)) continue;
    const step = { name: event.name, number: 10 + index };
    const read: Read = async (as, reference) => {
      const path = `/fhir/${reference}`;
      return JSON.parse(
        (await side.ask({ ...step, name: `read for ${event.name}` }, as, { method: 'GET', path })).text,
      );
    };
    const answer = await ask(step, { as: event.as, question: await event.ask(found, read) });
    if (answer.status >= 300) failed.push(`${event.name}: ${answer.status} ${answer.text.slice(0, 600)}`);
    for (const [type, names] of Object.entries(event.remember ?? {})) {
      const references = answer.text.matchAll(
        new RegExp(`"(?:location|reference)":"(?:[^"]*/)?(${type}/[0-9a-f-]{36})`, 'g'),
      );
      const distinct = [...new Set([...references].map(([, it]) => it!))];
      for (const [at, name] of [names].flat().entries()) if (distinct[at]) found.set(name, distinct[at]);
    }
  }
  return { found, failed };
}
