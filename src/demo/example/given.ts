import type { Bundle, HealthcareService } from '@medplum/fhirtypes';
import { dayIn } from '../../directory/index.ts';
import { parseJson, writeJson } from '../../fhir/json.ts';
import { isType } from '../../fhir/resource.ts';
import { setAvailability } from '../../routing/index.ts';
import type { World } from '../../world.ts';
import type { ExampleAnswer, ExampleClient, ExampleRequest } from './client.ts';
import { type Given, type ReportedPlace, readExample } from './example.ts';
import { namedAnew } from './named-anew.ts';

/** The exchange before a message is played with it. */
export type Player = {
  readonly client: ExampleClient;
  readonly world: World;
  /** Suffix of the identifiers of this run. */
  readonly run: string;
  /** Prints a step and its status. */
  readonly say: (text: string) => void;
};

/** A step of `given` that the gateway refused: the message itself was not sent. */
export class GivenRefused extends Error {
  readonly answer: ExampleAnswer;
  constructor(step: string, answer: ExampleAnswer) {
    super(`${step} -> ${answer.status}`);
    this.answer = answer;
  }
}

const placeholders = {
  order: 'ServiceRequest/00000000-0000-4000-8000-000000000000',
  task: 'Task/00000000-0000-4000-8000-000000000000',
  consultation: 'Task/00000000-0000-4000-8000-000000000001',
} as const;

/**
 * Plays the given steps in their order. Returns `insert`, which replaces the placeholders of a message by the order, Task
 * and consultation that came of them. Throws GivenRefused.
 */
export async function playGiven(player: Player, given: Given): Promise<(text: string) => string> {
  for (const place of given.reported ?? []) await reportPlace(player, place);
  const sent = await send(player, given.referral, given.as, (text) => text);
  const [order, task] = [locationIn(sent, 'ServiceRequest') ?? '', locationIn(sent, 'Task') ?? ''];
  await move(player, { task, version: 1, status: 'accepted', as: given['taken-on-by'] });
  const insert = (text: string) => text.replaceAll(placeholders.order, order).replaceAll(placeholders.task, task);
  if (!given.consultation) return insert;
  const consultation = await playConsultation(player, given, insert);
  return (text) => insert(text).replaceAll(placeholders.consultation, consultation);
}

async function playConsultation(player: Player, given: Given, insert: (text: string) => string): Promise<string> {
  const { asked, prepared, begun, 'taken-on-by': coordinator } = given.consultation!;
  const sent = await send(player, asked, given.as, insert);
  const task = locationIn(sent, 'Task') ?? '';
  await move(player, { task, version: 1, status: 'accepted', as: coordinator });
  if (prepared)
    await send(player, prepared, coordinator, (text) => insert(text).replaceAll(placeholders.consultation, task));
  if (begun) await move(player, { task, version: 2, status: 'in-progress', as: coordinator });
  return task;
}

async function send(
  player: Player,
  name: string,
  as: string,
  insert: (text: string) => string,
): Promise<ExampleAnswer> {
  const { body } = readExample(name);
  const message = namedAnew(Buffer.from(insert(body.toString())), 'application/fhir+json', player.run);
  const headers = { 'x-request-id': player.world.newId() };
  return done(player, `${as} sends ${name}`, 'POST', '/fhir', { as, body: message, headers });
}

type Move = { readonly task: string; readonly version: number; readonly status: string; readonly as: string };

const move = (player: Player, { task, version, status, as }: Move): Promise<ExampleAnswer> =>
  done(player, `${as} moves ${task} to ${status}`, 'PATCH', `/fhir/${task}`, {
    as,
    body: JSON.stringify([{ op: 'replace', path: '/status', value: status }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': `W/"${version}"` },
  });

/** Reports waiting time and capacity of a service as its provider does: a PUT of the version that was read. */
async function reportPlace(player: Player, place: ReportedPlace): Promise<void> {
  const { service, by: as } = place;
  const path = `/fhir/HealthcareService/${service}`;
  const read = await player.client('GET', path, { as });
  const step = `${as} reports the places of ${service}`;
  if (read.status !== 200) throw new GivenRefused(step, read);
  const day = new Date(player.world.now().getTime() - place['days-ago'] * 86_400_000);
  const measuredOn = dayIn('Europe/Amsterdam', day);
  const waitingTime = {
    group: null,
    intakeWeeks: place['intake-weeks'],
    treatmentWeeks: place['treatment-weeks'],
    method: 'current',
    measuredOn,
    source: 'provider',
  } as const;
  const capacity = { status: place.capacity, assessedOn: measuredOn };
  const updated = setAvailability(parseJson(read.text) as HealthcareService, { waitingTimes: [waitingTime], capacity });
  const headers = { 'if-match': String(read.headers.etag) };
  await done(player, step, 'PUT', path, { as, body: writeJson(updated), headers });
}

async function done(
  { client, say }: Player,
  step: string,
  method: 'POST' | 'PUT' | 'PATCH',
  path: string,
  request: ExampleRequest,
): Promise<ExampleAnswer> {
  const answer = await client(method, path, request);
  if (answer.status >= 300) throw new GivenRefused(step, answer);
  say(`${step} -> ${answer.status}`);
  return answer;
}

/** `Type/id` of the first resource of this type that a transaction or message created. */
export const locationIn = ({ text }: ExampleAnswer, type: string): string | undefined =>
  ((parseJson(text) as Bundle).entry ?? [])
    .map(({ response, resource }) =>
      isType(resource, 'MessageHeader')
        ? resource.focus?.[0]?.reference?.replace(/^.*\/fhir\//, '')
        : response?.location?.replace(/\/_history.*/, ''),
    )
    .find((location) => location?.startsWith(`${type}/`));
