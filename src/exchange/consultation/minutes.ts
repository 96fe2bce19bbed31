import type { Appointment, Bundle, CarePlan, Composition, Encounter, ServiceRequest } from '@medplum/fhirtypes';
import { consultationNarrative } from '../../conversation/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { held } from '../../workflow/index.ts';
import { type FollowUp, followUpsOf } from '../conversation/follow-ups.ts';
import { shares } from '../disclose/disclosures.ts';
import { statusShares } from '../disclose/status-disclosures.ts';
import { keptOf, legalBasisOf, tellReferrer } from '../feedback/feedback.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { changeOf, stamped } from '../pipeline/change.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import type { Incoming, Kind, Routed } from '../pipeline/kind.ts';
import { preparationsOf } from './case.ts';
import { type Coordinated, changeTo, coordinatedBy, guardOf, nextVersion } from './coordinated.ts';
import { at, consentsIn, type Member, memberOf } from './parties.ts';
import { settledIn } from './settle.ts';
import { shareFor } from './shares.ts';

type Recorded = Routed & { readonly followUps: readonly FollowUp[]; readonly members: readonly Member[] };

/**
 * What came of a consultation, told by its coordinator: its Task and preparations end, its requests go on as orders of
 * their own, the person's text is written, and each member gets the record as far as it may know it.
 */
export const minutes: Kind = {
  profiles: [mgnProfile('consultation-record-bundle')],
  check: (incoming, { network }) => {
    const about = coordinatedBy(network, incoming);
    if (!about.ok) return about;
    const { status } = about.value.consultation;
    if (status !== 'in-progress')
      return failure(issue('consultation-not-begun', { status }, { expression: 'Composition.event[0].detail[0]' }));
    const settled = settledIn(about.value, incoming.graph);
    if (!settled.ok) return settled;
    const strangers = viewsOfStrangers(network, about.value, incoming, settled.value);
    return strangers.length ? failure(...strangers) : settled;
  },
  route: (deciding, incoming): Result<Recorded> => {
    const about = coordinatedBy(deciding.network, incoming);
    if (!about.ok) return about;
    const { consultation, consents, root, person } = about.value;
    const knowing = new Map([...incoming.known.resources, ...consents.map((it) => [`Consent/${it.id}`, it] as const)]);
    const followUps = followUpsOf(
      deciding,
      { ...incoming, known: { ...incoming.known, resources: knowing } },
      { order: root, tasks: [], person, ownTask: consultation },
    );
    if (!followUps.ok) return followUps;
    const members = membersOf(deciding, incoming, about.value);
    const graph = told(deciding, incoming.graph, followUps.value);
    const record = recordIn(graph);
    const ended = held(consultation, preparationsOf(about.value), `Composition/${record?.id}`);
    if (!ended.ok) return ended;
    const made = ended.value.map((effect) => stamped(effect, incoming.at));
    const news = newsFor(deciding, about.value, incoming, members.value);
    const heard = made.flatMap(({ resource }) =>
      isType(resource, 'Task') ? statusShares(deciding, resource, incoming.partner.id, incoming.at) : [],
    );
    return success(
      {
        graph,
        decisions: followUps.value.flatMap(({ decision }) => decision ?? []),
        changes: [
          ...made.map((it) => changeOf(deciding, it, incoming.partner.id)),
          ...fulfilled(about.value, incoming.at).map(changeTo),
          ...(news ? keptOf(news, incoming.partner.id) : []),
        ],
        guards: [guardOf(root)],
        heard: [...heard, ...(news ? [news.share] : [])],
        followUps: followUps.value,
        members: members.value,
      },
      [...followUps.issues, ...members.issues],
    );
  },
  share: (deciding, routed, incoming) => {
    const about = coordinatedBy(deciding.network, incoming);
    if (!about.ok) return about;
    const { followUps, members, heard = [], graph } = routed as Recorded;
    const { partner, at: now } = incoming;
    const asked = followUps.map((it) => shares(deciding, it.graph, { sender: partner.id, owner: it.recipient }, now));
    const wrong = asked.filter((it) => !it.ok).flatMap(({ issues }) => issues);
    if (wrong.length) return failure(...wrong);
    const record = recordIn(graph);
    const others = (graph.entry ?? []).flatMap(({ resource }) =>
      resource && along.has(resource.resourceType) ? [resource as Resource] : [],
    );
    const giving = { about: about.value, coordinator: partner.id };
    const given = members.flatMap((member): Share[] => {
      const share = shareFor(deciding, giving, member, { ...(record ? { record } : {}), others });
      return share ? [share] : [];
    });
    return success(
      [...asked.flatMap((it) => (it.ok ? it.value : [])), ...given, ...heard],
      asked.flatMap(({ issues }) => issues),
    );
  },
};

/** What care gets beside the record. */
const along: ReadonlySet<string> = new Set([
  'Encounter',
  'CarePlan',
  'Goal',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
]);

const recordIn = ({ entry = [] }: Bundle): (Composition & Identified) | undefined =>
  entry.map(({ resource }) => resource).find((it): it is Composition & Identified => isType(it, 'Composition'));

/** Who asked, and who was invited and did not say no, each with what it may know now. */
function membersOf({ network }: Deciding, incoming: Incoming, about: Coordinated) {
  const knowing = { network, about, brought: consentsIn(incoming.graph), now: incoming.at };
  const invited = preparationsOf(about)
    .filter(({ status }) => status !== 'rejected' && status !== 'cancelled' && status !== 'entered-in-error')
    .flatMap((task) => ({ task, partner: ownerOf(network, task) }));
  const asker = senderOf(network, about.consultation);
  const all = [...invited, ...(asker ? [{ task: about.consultation, partner: asker }] : [])];
  const members = new Map<string, Member>();
  const withheld = new Set<string>();
  for (const { task, partner } of all) {
    if (!partner || partner === incoming.partner.id || members.has(partner)) continue;
    const member = memberOf(knowing, partner, task);
    if (member.ok && member.value.right !== 'nothing') members.set(partner, member.value);
    else withheld.add(partner);
  }
  const count = [...withheld].filter((it) => !members.has(it)).length;
  const issues = count ? [issue('minutes-withheld', { count }, { expression: 'Composition' })] : [];
  return { value: [...members.values()], issues };
}

/** A view is told in the name of an organisation that was there to give it. */
function viewsOfStrangers(
  network: Deciding['network'],
  about: Coordinated,
  { partner }: Incoming,
  graph: Bundle,
): Issue[] {
  const record = recordIn(graph);
  const partners = [
    partner.id,
    senderOf(network, about.consultation),
    ...preparationsOf(about).map((it) => ownerOf(network, it)),
  ];
  const organizations = new Set(partners.map((it) => network.partners.get(it ?? '')?.organization));
  return (record?.section ?? []).flatMap(({ code, author = [] }, index) => {
    const isView = code?.coding?.some((it) => it.code === 'view');
    const isStrange = author.some(
      ({ reference }) => reference?.startsWith('Organization/') && !organizations.has(reference),
    );
    return record && isView && isStrange
      ? at(graph, record, [issue('view-of-nobody-invited', {}, { expression: `Composition.section[${index}].author` })])
      : [];
  });
}

/** The record with the person's text in it, and the orders as they go on with their Tasks. */
function told({ network, world }: Deciding, graph: Bundle, followUps: readonly FollowUp[]): Bundle {
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
  const made = followUps.map(({ task }) => ({
    fullUrl: `${network.settings.baseUrl}/Task/${task.id ?? world.newId()}`,
    resource: task,
  }));
  return { ...graph, entry: [...entry, ...made] as NonNullable<Bundle['entry']> };
}

/** Who referred and was not there hears that it was held, and nothing of what was said. */
function newsFor(
  deciding: Deciding,
  { root, consents, consultation }: Coordinated,
  incoming: Incoming,
  members: readonly Member[],
) {
  const referrer = senderOf(deciding.network, root);
  if (members.some(({ partner }) => partner === referrer)) return undefined;
  return tellReferrer(deciding, {
    order: root,
    around: consents,
    legalBasis: legalBasisOf(consultation),
    topic: 'consultation-held',
    mover: incoming.partner.id,
    at: incoming.at,
  });
}

/** What was planned has been. */
const fulfilled = ({ appointments }: Coordinated, now: Date): (Appointment & Identified)[] =>
  appointments
    .filter(({ status }) => status === 'booked' || status === 'pending' || status === 'proposed')
    .map((it) => nextVersion({ ...it, status: 'fulfilled' as const }, now));
