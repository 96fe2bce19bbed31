import type { Appointment, ServiceRequest } from '@medplum/fhirtypes';
import { mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { isError, issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { referencesIn } from '../fhir/reference.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { effects, isOpen } from '../workflow/index.ts';
import { ownerOf } from './actors.ts';
import type { Answer } from './answer.ts';
import { carryOut } from './carry-out.ts';
import { enter } from './enter.ts';
import type { Envelope, Received } from './envelope.ts';
import type { Gateway } from './gateway.ts';
import { orderGraphOf, readAt } from './journey.ts';
import { sourceOfPartner } from './judge.ts';
import type { Keeping } from './keep.ts';
import { versionAsked } from './move.ts';
import { parse } from './parse.ts';
import { atGateway } from './recall.ts';
import { onJourney } from './trace.ts';
import { keepOrAgain } from './until-settled.ts';
import { validated, whyRefused } from './validated.ts';

type Planned = Appointment & { readonly id: string };

/** Where an Appointment is changed; absent for a new one. */
export type At = { readonly id: string; readonly ifMatch: string | undefined };

/**
 * FHIR create and update of an Appointment, by who carries out the order that it is basedOn. The Task follows it
 * (docs/guide/workflow.md), and the parties of the order that may see it get it.
 */
export async function appoint(gateway: Gateway, envelope: Envelope, place?: At): Promise<Answer> {
  const [by, action] = place ? (['update', 'U'] as const) : (['create', 'C'] as const);
  const target = `${by} Appointment/${place?.id ?? ''} ${place?.ifMatch ?? ''}`;
  const entered = await enter(gateway, { ...envelope, target }, by, action);
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  const kept = await keepOrAgain(gateway, received, () => considerAppointment(gateway, envelope, received, place));
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

async function considerAppointment(
  gateway: Gateway,
  envelope: Envelope,
  entered: Received,
  place: At | undefined,
): Promise<Result<Keeping>> {
  const { network, store, world } = gateway;
  const { partner, at } = entered;
  const found = place ? await present(gateway, entered, place) : success(undefined);
  if (!found.ok) return found;
  const before = found.value;
  const sent = await sentBy(gateway, entered, before);
  if (!sent.ok) return sent;

  const focus = atGateway(sent.value.basedOn?.[0]?.reference ?? '', network.settings.baseUrl) ?? '';
  const order = focus.startsWith('ServiceRequest/') ? await readAt(store, focus, partner.id) : undefined;
  if (!isType(order, 'ServiceRequest')) return unfit('Appointment.basedOn');
  const own = await settled(gateway, entered, sent.value, order as ServiceRequest);
  if (!own.ok) return own;
  const graph = await orderGraphOf(store, focus);
  const mine = graph.tasks.filter((it) => it.focus?.reference === focus && ownerOf(network, it) === partner.id);
  const task = mine.find(isOpen) ?? mine[0];
  const { meta } = before ?? { meta: { profile: [mgnProfile('conversation-appointment')] } };
  const after: Planned = {
    ...own.value,
    id: before?.id ?? world.newId(),
    meta: { ...meta, source: sourceOfPartner(partner.id) },
  };
  const identified = before ? after : { ...after, identifier: [...(after.identifier ?? []), given(after.id)] };
  const made = effects(graph, { kind: 'appointment', after: identified, task }, task ? ['owner'] : ['other'], {
    at,
    newId: world.newId,
  });
  if (!made.ok) return made;
  const received = await onJourney(store, envelope, entered, focus);
  return carryOut(gateway, received, { graph, ...made.value, interaction: place ? 'update' : 'create' });
}

const unfit = (expression: string) => failure(issue('appointment-unfit', {}, { expression }));
const given = (id: string) => ({ system: mgnNaming('resource'), value: id });

/** The Appointment as it is, for who made it and read this version. */
async function present({ store }: Gateway, { partner }: Received, { id, ifMatch }: At): Promise<Result<Planned>> {
  const stored = await store.read('Appointment', id, partner.id);
  if (!stored) return failure(issue('not-found', {}));
  const expected = versionAsked(ifMatch);
  if (expected === undefined) return failure(issue('if-match-missing', {}));
  if (expected !== stored.version) return failure(issue('version-stale', { current: stored.version }));
  const before = parseJson(stored.text) as Planned;
  return before.meta?.source === sourceOfPartner(partner.id)
    ? success(before)
    : failure(issue('appointment-not-yours', {}));
}

/** What was sent, valid by itself; of an update still the same Appointment for the same order. */
async function sentBy(
  gateway: Gateway,
  { contentType, body }: Received,
  before: Planned | undefined,
): Promise<Result<Appointment>> {
  const parsed = parse(contentType, body, gateway.network.settings.limits);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  if (!isType(sent, 'Appointment')) return unfit('Appointment');
  const report = await validated(gateway, sent, { profiles: [mgnProfile('conversation-appointment')] });
  if (report.issues.some(isError) || report.verdict !== 'valid') return failure(...whyRefused(report.issues));
  const { settings } = gateway.network;
  const orders = (it: Appointment) =>
    (it.basedOn ?? []).map(({ reference = '' }) => atGateway(reference, settings.baseUrl)).join();
  if ((sent.basedOn ?? []).length !== 1) return unfit('Appointment.basedOn');
  if (!before) return success(sent);
  if (sent.id !== before.id) return failure(issue('id-mismatch', {}, { expression: 'Appointment.id' }));
  return orders(sent) === orders(before) ? success(sent) : unfit('Appointment.basedOn');
}

/** With the order by its address at the gateway, its person among who take part, and nobody of another order. */
async function settled(
  { store, network }: Gateway,
  { partner }: Received,
  sent: Appointment,
  order: ServiceRequest,
): Promise<Result<Appointment>> {
  const person = order.subject.reference ?? '';
  const base = network.settings.baseUrl;
  for (const { text, path } of referencesIn(sent)) {
    const reference = text === undefined ? undefined : (atGateway(text, base) ?? text);
    if (reference === undefined || reference.startsWith('#')) continue;
    if (reference === person || reference === `ServiceRequest/${order.id}`) continue;
    if (network.directory.service(reference) || network.directory.organization(reference)) continue;
    const known = atGateway(reference, base) ? await readAt(store, reference, partner.id) : undefined;
    const isClose = isType(known, 'RelatedPerson') && known.patient.reference === person;
    if (!isClose && !isType(known, 'PractitionerRole') && !isType(known, 'Practitioner')) return unfit(path);
  }
  const takesPart = sent.participant.some(({ actor }) => atGateway(actor?.reference ?? '', base) === person);
  const participant = takesPart
    ? sent.participant
    : [{ actor: { reference: person }, status: 'needs-action' as const }, ...sent.participant];
  return success({ ...sent, basedOn: [{ reference: `ServiceRequest/${order.id}` }], participant });
}
