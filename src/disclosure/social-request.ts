import type {
  Bundle,
  BundleEntry,
  CarePlan,
  CodeableConcept,
  Goal,
  Patient,
  Reference,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { Graph } from '../fhir/graph.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { typeModel } from '../fhir/model.ts';
import { type Elements, isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { codesOf, reduce } from './allow-list.ts';
import { type ConsentFor, explicitConsent } from './explicit-consent.ts';
import type { Recipient } from './recipient.ts';
import { type Grants, isShared, lifeDomainsOf, type SocialAllowList, socialAllowList } from './social-allow-list.ts';
import { socialLifeDomains } from './social-life-domains.ts';

/** What the projection needs besides the graph: time and chance come in by the door. */
export type Projecting = {
  readonly newId: () => string;
  /** FHIR base of the gateway, for fullUrls. */
  readonly base: string;
  /** Who asks, as the directory knows it: the social domain learns the organisation, not the professional. */
  readonly requester: Reference;
  /** Meta.source of what is made: the system of who asks. */
  readonly source?: string;
};

export type Projected = {
  readonly bundle: Bundle;
  /** Resources of the graph of which something went along. */
  readonly given: ReadonlySet<Resource>;
};

type Parts = { readonly task: Task; readonly order: ServiceRequest; readonly person: Patient };

/**
 * The request that the social domain gets instead of a referral: made anew from what the allow-list and the explicit
 * Consent of the person let through, with ids of its own. The Task keeps its id, so that it can be moved.
 */
export function socialRequest(
  graph: Graph,
  task: Task,
  recipient: Recipient,
  now: Date,
  how: Projecting,
): Result<Projected> {
  const order = graph.resolve(task.focus);
  const person = isType(order, 'ServiceRequest') ? graph.resolve(order.subject) : undefined;
  if (!isType(order, 'ServiceRequest') || !isType(person, 'Patient'))
    return failure(issue('no-legal-basis', {}, { expression: 'Task.focus' }));
  const consent = explicitConsent(graph, person, recipient, now);
  const lifeDomains = permittedLifeDomains(order, consent);
  if (!lifeDomains.ok) return lifeDomains;
  const permitted = (category: 'contact-data' | 'bsn') =>
    (lifeDomains.value.length ? lifeDomains.value : [undefined]).some(
      (lifeDomain) => consent({ category, lifeDomain }) === 'permit',
    );
  const allowed = socialAllowList({
    lifeDomain: (it) => socialLifeDomains.has(it) && consent({ lifeDomain: it }) === 'permit',
    contactData: permitted('contact-data'),
    bsn: recipient.isMunicipality === true && permitted('bsn'),
  });
  const goals = graph.all('Goal').filter(ofPerson(graph, person)).filter(isShared(consent, 'goals'));
  const plans = graph.all('CarePlan').filter(ofPerson(graph, person));
  return success(compose({ task, order, person }, { goals, plans, consent }, allowed, how));
}

/** An order about no part of life that may be shared is not this recipient's; one that names none hangs on the Consent alone. */
function permittedLifeDomains(order: ServiceRequest, consent: ConsentFor): Result<readonly string[]> {
  const asked = lifeDomainsOf(order);
  const verdicts = asked.length
    ? asked
        .filter((it) => socialLifeDomains.has(it))
        .map((lifeDomain) => [lifeDomain, consent({ lifeDomain })] as const)
    : ([['', consent({})]] as const);
  const permitted = verdicts.filter(([, verdict]) => verdict === 'permit').map(([lifeDomain]) => lifeDomain);
  if (permitted.length) return success(permitted.filter(Boolean));
  return failure(
    refusalOf(
      asked,
      verdicts.map(([, verdict]) => verdict),
    ),
  );
}

function refusalOf(asked: readonly string[], verdicts: readonly string[]): Issue {
  if (asked.length > 0 && verdicts.length === 0)
    return issue('social-life-domain-missing', {}, { expression: 'ServiceRequest.extension' });
  if (verdicts.includes('deny')) return issue('consent-denied', {}, { expression: 'Task.owner' });
  return issue('social-consent-missing', {}, { expression: 'Task.owner' });
}

const ofPerson =
  (graph: Graph, person: Patient) =>
  ({ subject }: { readonly subject?: Reference }): boolean =>
    graph.resolve(subject) === person;

type Plan = { readonly goals: readonly Goal[]; readonly plans: readonly CarePlan[]; readonly consent: ConsentFor };

function compose(
  { task, order, person }: Parts,
  { goals, plans, consent }: Plan,
  allowed: SocialAllowList,
  { newId, base, requester, source }: Projecting,
): Projected {
  const made: Resource[] = [];
  const make = (type: string, profile: string | undefined, elements: object, id = newId()): Reference => {
    const meta = { ...(profile ? { profile: [mgnProfile(profile)] } : {}), ...(source ? { source } : {}) };
    const identifier = { identifier: [resourceIdentifier(id), ...identifiersIn(elements)] };
    made.push({ resourceType: type, id, meta, ...elements, ...identifier } as unknown as Resource);
    return { reference: `${type}/${id}` };
  };
  const subject = make('Patient', 'patient', { ...reduce(person, allowed.person) });
  const performer = task.owner?.reference ? { reference: task.owner.reference } : undefined;
  const focus = make('ServiceRequest', 'referral', {
    ...reduce(order, allowed.order),
    ...(order.id && isUuid(order.id) ? { basedOn: [{ reference: `ServiceRequest/${order.id}` }] } : {}),
    subject,
    requester,
    ...(performer ? { performer: [performer] } : {}),
  });
  const moved = {
    ...reduce(task, allowed.task),
    focus,
    for: subject,
    requester,
    ...(performer ? { owner: performer } : {}),
  };
  make('Task', 'coordination-task', moved, task.id && isUuid(task.id) ? task.id : newId());
  for (const goal of goals) make('Goal', 'goal', { ...reduce(goal, allowed.goal), subject });

  const isActivityShared = isShared(consent, 'activities');
  const given = new Set<Resource>([task, order, person, ...goals]);
  for (const plan of plans) {
    const details = (plan.activity ?? []).flatMap(({ detail }) => (detail && isActivityShared(detail) ? [detail] : []));
    const activity = details.flatMap((it) => {
      const detail = reduce(it, allowed.activity);
      return detail ? [{ detail }] : [];
    });
    if (activity.length === 0) continue;
    given.add(plan);
    make('CarePlan', undefined, { status: 'active', intent: 'plan', subject, activity });
  }
  const bundle: Bundle = {
    resourceType: 'Bundle',
    meta: { profile: [mgnProfile('social-request-bundle')] },
    type: 'collection',
    entry: made.map(
      (resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource }) as BundleEntry,
    ),
  };
  return { bundle, given };
}

const nothing: Grants = { lifeDomain: () => false, contactData: false, bsn: false };

/** How a Task stands, in the elements of the allow-list and the references that make it one. */
export function taskForSocialDomain(task: Task): Task {
  const { id, identifier = [], focus, for: person, requester, owner } = task;
  const at = (it: Reference | undefined) => (it?.reference ? { reference: it.reference } : undefined);
  const references = { focus: at(focus), for: at(person), requester: at(requester), owner: at(owner) };
  return {
    resourceType: 'Task',
    ...(id ? { id } : {}),
    ...reduce(task, socialAllowList(nothing).task),
    identifier: identifier.filter(({ system }) => system === mgnNaming('resource') || system === mgnNaming('task')),
    ...Object.fromEntries(Object.entries(references).filter(([, it]) => it)),
  } as unknown as Task;
}

/**
 * A move of a Task that the social domain reads, by somebody of care: what is new in it is held to the allow-list.
 * Codes lose display and text; names of elements that are not in the list come back as refused.
 */
export function moveForSocialDomain(
  before: Task,
  after: Task,
): { readonly task: Task; readonly refused: readonly string[] } {
  const [was, wanted] = [before, after] as unknown as [Elements, Elements];
  const allowed = socialAllowList(nothing).task;
  const changed = [...new Set([...Object.keys(was), ...Object.keys(wanted)])].filter(
    (name) => name !== 'meta' && canonicalJson(was[name] ?? null) !== canonicalJson(wanted[name] ?? null),
  );
  const task: Record<string, unknown> = { ...wanted };
  for (const name of changed) {
    const reduced = Object.hasOwn(allowed, name) ? allowed[name]?.(wanted[name]) : undefined;
    if (reduced !== undefined) task[name] = reduced;
  }
  const refused = changed
    .filter((name) => wanted[name] !== undefined && !Object.hasOwn(allowed, name))
    .map((name) => (typeModel('Task')?.properties.has(name) ? name : '?'));
  return { task: task as unknown as Task, refused };
}

/** Why something ends, for a Task that the social domain reads: the code alone. */
export const reasonForSocialDomain = (reason: CodeableConcept): CodeableConcept =>
  (codesOf(mgnCodeSystem('status-reason'))(reason) ?? {}) as CodeableConcept;

const identifiersIn = (elements: object): readonly object[] =>
  (elements as { identifier?: readonly object[] }).identifier ?? [];

const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
