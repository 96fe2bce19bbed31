import type { Appointment, ServiceRequest } from '@medplum/fhirtypes';
import { mayPartner } from '../../access/decide/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { isError, issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { resourceIdentifier } from '../../vocabulary/identifiers.ts';
import { isSentBy, sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { effects, isAssigned, isOpen } from '../../workflow/index.ts';
import { planMove } from '../effect/plan-move.ts';
import { ownerOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import { labelChange, withLabels } from '../memory/labels.ts';
import { atGateway, readAt } from '../memory/memory.ts';
import { versionOf } from '../memory/versioned-effect.ts';
import type { Answer } from '../pipeline/answer.ts';
import { change, newOf, type Place, stored } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { unchanged } from '../pipeline/unchanged.ts';
import { refusalIssues, validated } from '../pipeline/validated.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { parseWrite } from '../reading/parse.ts';

type Planned = Appointment & { readonly id: string };

/** FHIR create of an Appointment by the owner of the Task of the order in basedOn. Updates the Task with it. */
export const createAppointment = (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
  change(gateway, envelope, { interaction: 'create', target: newOf('Appointment') }, (received) =>
    considerAppointment(gateway, received, undefined),
  );

/**
 * FHIR update of an Appointment by the organisation that created it. Discloses it to the entitled parties of the order.
 */
export const updateAppointment = (gateway: Gateway, envelope: Envelope, place: Omit<Place, 'type'>): Promise<Answer> =>
  change(
    gateway,
    envelope,
    { interaction: 'update', target: stored(gateway, { type: 'Appointment', ...place }) },
    async (received, { text }) => {
      const before = parseJson(text) as Planned;
      const relation = isSentBy(before, received.partner.id) ? 'sender' : 'disclosed';
      if (!mayPartner(gateway.network, received.partner, 'update', ['record', relation]).decision)
        return failure(issue('appointment-forbidden', {}));
      return considerAppointment(gateway, received, before);
    },
  );

async function considerAppointment(
  gateway: Gateway,
  received: Received,
  before: Planned | undefined,
): Promise<Result<CommitPlan>> {
  const { network, store, world } = gateway;
  const { partner, at } = received;
  const sent = await sentBy(gateway, received, before);
  if (!sent.ok) return sent;

  const focus = atGateway(sent.value.basedOn?.[0]?.reference ?? '', network.settings.baseUrl) ?? '';
  const order = focus.startsWith('ServiceRequest/') ? await readAt(store, focus, partner.id) : undefined;
  if (!isType(order, 'ServiceRequest')) return invalidAppointment('Appointment.basedOn');
  const completed = await completeFromOrder(gateway, received, sent.value, order as ServiceRequest);
  if (!completed.ok) return completed;
  const graph = await orderGraphOf(store, focus);
  const ownTasks = graph.tasks.filter(
    (it) => isAssigned(it, order as ServiceRequest) && ownerOf(network, it) === partner.id,
  );
  const task = ownTasks.find(isOpen) ?? ownTasks[0];
  const { meta } = before ?? { meta: { profile: [mgnProfile('conversation-appointment')] } };
  const after: Planned = {
    ...completed.value,
    id: before?.id ?? world.newId(),
    meta: {
      ...withLabels(meta, labelChange(before?.meta, sent.value.meta, { removes: false })),
      source: sourceOfPartner(partner.id),
    },
  };
  if (before && isSame(before, after)) return success(unchanged('update', before, versionOf(before)));
  const identified = before
    ? after
    : { ...after, identifier: [...(after.identifier ?? []), resourceIdentifier(after.id)] };
  const result = effects(graph, { kind: 'appointment', after: identified, task }, task ? ['owner'] : ['other'], {
    at,
    newId: world.newId,
  });
  if (!result.ok) return result;
  const interaction = before ? 'update' : 'create';
  const plan = await planMove(gateway, received, { graph, ...result.value, interaction });
  return plan.ok ? success({ ...plan.value, journey: focus }) : plan;
}

const isSame = (before: Planned, { text: _, ...after }: Planned): boolean => {
  const { text: __, ...present } = before;
  return canonicalJson(present) === canonicalJson(after);
};

const invalidAppointment = (expression: string) => failure(issue('appointment-invalid', {}, { expression }));

/**
 * Parses and validates the sent Appointment. An update must retain id and order (`id-mismatch`, `appointment-invalid`).
 */
async function sentBy(gateway: Gateway, received: Received, before: Planned | undefined): Promise<Result<Appointment>> {
  const parsed = parseWrite(received, gateway.network.settings, before);
  if (!parsed.ok) return parsed;
  const sent = parsed.value.resource;
  if (!isType(sent, 'Appointment')) return invalidAppointment('Appointment');
  const report = await validated(gateway, sent, { profiles: [mgnProfile('conversation-appointment')] });
  if (report.issues.some(isError) || report.verdict !== 'valid') return failure(...refusalIssues(report.issues));
  const { settings } = gateway.network;
  const orders = (it: Appointment) =>
    (it.basedOn ?? []).map(({ reference = '' }) => atGateway(reference, settings.baseUrl)).join();
  if ((sent.basedOn ?? []).length !== 1) return invalidAppointment('Appointment.basedOn');
  if (!before) return success(sent);
  if (sent.id !== before.id) return failure(issue('id-mismatch', {}, { expression: 'Appointment.id' }));
  return orders(sent) === orders(before) ? success(sent) : invalidAppointment('Appointment.basedOn');
}

/**
 * Sets basedOn to the stored order, adds the person as participant, and refuses references to parties of other orders.
 */
async function completeFromOrder(
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
    const referenced = atGateway(reference, base) ? await readAt(store, reference, partner.id) : undefined;
    const isRelatedPerson = isType(referenced, 'RelatedPerson') && referenced.patient.reference === person;
    if (!isRelatedPerson && !isType(referenced, 'PractitionerRole') && !isType(referenced, 'Practitioner'))
      return invalidAppointment(path());
  }
  const isParticipant = sent.participant.some(({ actor }) => atGateway(actor?.reference ?? '', base) === person);
  const participant = isParticipant
    ? sent.participant
    : [{ actor: { reference: person }, status: 'needs-action' as const }, ...sent.participant];
  return success({ ...sent, basedOn: [{ reference: `ServiceRequest/${order.id}` }], participant });
}
