import type { Appointment, Bundle, CarePlan, Composition, Encounter, ServiceRequest } from '@medplum/fhirtypes';
import { consultationNarrative } from '../../conversation/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, success } from '../../fhir/result.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { completeConsultation } from '../../workflow/index.ts';
import { type FollowUp, followUpDisclosures, followUpsOf } from '../conversation/follow-ups.ts';
import { statusDisclosures } from '../disclose/status-disclosures.ts';
import { feedbackChanges, feedbackToReferrer } from '../feedback/feedback.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { changeFor, versioned } from '../memory/versioned-effect.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { type Incoming, messageKind } from '../pipeline/kind.ts';
import { type ConsultationCase, lookUpConsultation, preparationsOf } from './case.ts';
import { completeFromCase } from './complete-from-case.ts';
import { type CoordinatedCase, changeTo, coordinatedCaseOf, guardOf, nextVersion } from './coordinated-case.ts';
import { disclosureToMember } from './disclosures.ts';
import { consentsIn, type Member, memberOf, withEntryPath } from './parties.ts';

/**
 * Record of a case consultation (casusoverleg), sent by its coordinator. Completes the consultation and its
 * preparations, sends its requests as new orders, adds the narrative for the person, and discloses the record to each
 * member by its right.
 */
export const minutes = messageKind<ConsultationCase | undefined>({
  name: 'minutes',
  senders: ['referrer', 'provider', 'social-domain'],
  profiles: [mgnProfile('consultation-record-bundle')],
  lookUp: lookUpConsultation,
  check: (incoming, loaded, { network }) => {
    const coordinated = coordinatedCaseOf(network, incoming, loaded);
    if (!coordinated.ok) return coordinated;
    const { status } = coordinated.value.consultation;
    if (status !== 'in-progress')
      return failure(issue('consultation-not-started', { status }, { expression: 'Composition.event[0].detail[0]' }));
    const completed = completeFromCase(coordinated.value, incoming.graph);
    if (!completed.ok) return completed;
    const viewIssues = viewAuthorIssues(network, coordinated.value, incoming, completed.value);
    return viewIssues.length ? failure(...viewIssues) : completed;
  },
  route: (incoming, loaded, context) => {
    const coordinated = coordinatedCaseOf(context.network, incoming, loaded);
    if (!coordinated.ok) return coordinated;
    const { consultation, consents, root, person } = coordinated.value;
    const { partner, at } = incoming;
    const resources = new Map([
      ...incoming.loaded.resources,
      ...consents.map((it) => [`Consent/${it.id}`, it] as const),
    ]);
    const followUps = followUpsOf(
      context,
      { ...incoming, loaded: { ...incoming.loaded, resources } },
      { order: root, tasks: [], person, ownTask: consultation },
    );
    if (!followUps.ok) return followUps;
    const members = membersOf(context, incoming, coordinated.value);
    const graph = withTextForPerson(context, incoming.graph, followUps.value);
    const record = recordIn(graph);
    const ended = completeConsultation(consultation, preparationsOf(coordinated.value), `Composition/${record?.id}`);
    if (!ended.ok) return ended;
    const versionedEffects = ended.value.map((effect) => versioned(effect, at));
    const feedback = feedbackOn(context, coordinated.value, incoming, members.value);
    return success(
      {
        graph,
        decisions: followUps.value.flatMap(({ decision }) => decision ?? []),
        changes: [
          ...versionedEffects.map((it) => changeFor(context, it, partner.id)),
          ...fulfilled(coordinated.value, at).map(changeTo),
          ...(feedback ? feedbackChanges(feedback, partner.id) : []),
        ],
        guards: [guardOf(root)],
        disclosures: () => {
          const followed = followUpDisclosures(context, followUps.value, partner.id, at);
          if (!followed.ok) return followed;
          const status = versionedEffects.flatMap(({ resource }) =>
            isType(resource, 'Task') ? statusDisclosures(context, resource, partner.id, at) : [],
          );
          const recorded = recordDisclosures(context, { ...incoming, graph }, coordinated.value, members.value);
          const disclosed = [...followed.value, ...recorded, ...status, ...(feedback ? [feedback.disclosure] : [])];
          return success(disclosed, followed.issues);
        },
      },
      [...followUps.issues, ...members.issues],
    );
  },
});

function recordDisclosures(
  context: DecisionContext,
  { graph, partner }: Incoming,
  consultationCase: CoordinatedCase,
  members: readonly Member[],
): readonly Disclosure[] {
  const record = recordIn(graph);
  const others = (graph.entry ?? []).flatMap(({ resource }) =>
    resource && typesWithinCare.has(resource.resourceType) ? [resource as Resource] : [],
  );
  return members.flatMap((member) => {
    const content = { ...(record ? { record } : {}), others };
    const disclosure = disclosureToMember(context, { consultationCase, coordinator: partner.id }, member, content);
    return disclosure ? [disclosure] : [];
  });
}

/** Types disclosed within care beside the record. */
const typesWithinCare: ReadonlySet<string> = new Set([
  'Encounter',
  'CarePlan',
  'Goal',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
]);

const recordIn = ({ entry = [] }: Bundle): (Composition & Identified) | undefined =>
  entry.map(({ resource }) => resource).find((it): it is Composition & Identified => isType(it, 'Composition'));

/**
 * The requester and the invitees that did not decline, each with its present right. Warns `minutes-withheld` for those
 * without one.
 */
function membersOf(context: DecisionContext, incoming: Incoming, consultationCase: CoordinatedCase) {
  const { network } = context;
  const memberContext = { context, consultationCase, sentConsents: consentsIn(incoming.graph), now: incoming.at };
  const invited = preparationsOf(consultationCase)
    .filter(({ status }) => status !== 'rejected' && status !== 'cancelled' && status !== 'entered-in-error')
    .flatMap((task) => ({ task, partner: ownerOf(network, task) }));
  const requester = senderOf(network, consultationCase.consultation);
  const all = [...invited, ...(requester ? [{ task: consultationCase.consultation, partner: requester }] : [])];
  const members = new Map<string, Member>();
  const withheld = new Set<string>();
  for (const { task, partner } of all) {
    if (!partner || partner === incoming.partner.id || members.has(partner)) continue;
    const member = memberOf(memberContext, partner, task);
    if (member.ok && member.value.right !== 'nothing') members.set(partner, member.value);
    else withheld.add(partner);
  }
  const count = [...withheld].filter((it) => !members.has(it)).length;
  const issues = count ? [issue('minutes-withheld', { count }, { expression: 'Composition' })] : [];
  return { value: [...members.values()], issues };
}

/** The author of a view must be the coordinator, the requester or an invitee (`view-author-not-invited`). */
function viewAuthorIssues(
  network: DecisionContext['network'],
  consultationCase: CoordinatedCase,
  { partner }: Incoming,
  graph: Bundle,
): Issue[] {
  const record = recordIn(graph);
  const partners = [
    partner.id,
    senderOf(network, consultationCase.consultation),
    ...preparationsOf(consultationCase).map((it) => ownerOf(network, it)),
  ];
  const organizations = new Set(partners.map((it) => network.partners.get(it ?? '')?.organization));
  return (record?.section ?? []).flatMap(({ code, author = [] }, index) => {
    const isView = hasOwnCode(code, 'consultation-section', 'view');
    const isOutsider = author.some(
      ({ reference }) => reference?.startsWith('Organization/') && !organizations.has(reference),
    );
    return record && isView && isOutsider
      ? withEntryPath(graph, record, [
          issue('view-author-not-invited', {}, { expression: `Composition.section[${index}].author` }),
        ])
      : [];
  });
}

/** Adds the narrative for the person and the follow-up orders with their Tasks. */
function withTextForPerson({ network, world }: DecisionContext, graph: Bundle, followUps: readonly FollowUp[]): Bundle {
  const orders = new Map(followUps.map(({ order }) => [order.id, order]));
  const resources = (graph.entry ?? []).map(({ resource }) => resource);
  const { directory } = network;
  const nameOf = (it: string) => (directory.service(it) ?? directory.organization(it))?.name;
  const entry = (graph.entry ?? []).map((it) => {
    const { resource } = it;
    if (isType(resource, 'ServiceRequest')) return { ...it, resource: orders.get(resource.id ?? '') ?? resource };
    if (!isType(resource, 'Composition')) return it;
    const text = consultationNarrative({
      record: resource as Composition,
      meeting: resources.find((one): one is Encounter => isType(one, 'Encounter')),
      plan: resources.find((one): one is CarePlan => isType(one, 'CarePlan')),
      requests: [...orders.values()] as ServiceRequest[],
      nameOf,
    });
    return { ...it, resource: { ...resource, text } };
  });
  const taskEntries = followUps.map(({ task }) => ({
    fullUrl: `${network.settings.baseUrl}/Task/${task.id ?? world.newId()}`,
    resource: task,
  }));
  return { ...graph, entry: [...entry, ...taskEntries] as NonNullable<Bundle['entry']> };
}

/** Feedback (terugkoppeling) to a referrer that did not take part: the consultation took place, without its content. */
function feedbackOn(
  context: DecisionContext,
  { root, consents, consultation }: CoordinatedCase,
  incoming: Incoming,
  members: readonly Member[],
) {
  const referrer = senderOf(context.network, root);
  if (members.some(({ partner }) => partner === referrer)) return undefined;
  return feedbackToReferrer(context, {
    order: root,
    around: consents,
    legalBasis: legalBasisOf(consultation),
    topic: 'consultation-held',
    mover: incoming.partner.id,
    at: incoming.at,
  });
}

/** Planned Appointments become fulfilled. */
const fulfilled = ({ appointments }: CoordinatedCase, now: Date): (Appointment & Identified)[] =>
  appointments
    .filter(({ status }) => status === 'booked' || status === 'pending' || status === 'proposed')
    .map((it) => nextVersion({ ...it, status: 'fulfilled' as const }, now));
