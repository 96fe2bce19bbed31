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
import { mgnCodeSystem, mgnProfile } from '../fhir/canonical.ts';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { Graph } from '../fhir/graph.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { typeModel } from '../fhir/model.ts';
import { type Elements, isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import type { Judged } from './evidence/evidence.ts';
import type { NoteConsent } from './evidence/grounds-noted.ts';
import { type ConsentCheck, explicitConsent } from './explicit-consent.ts';
import type { GroundRule } from './ground/ground.ts';
import { permissionOn } from './ground/permission.ts';
import { isDisclosable, lifeDomainsOf } from './life-domains.ts';
import type { Permissions } from './projection/filter.ts';
import { codesOf } from './projection/forms.ts';
import { readsAsName } from './projection/names.ts';
import type { RecipientProjections } from './projection/projection.ts';
import type { Recipient } from './recipient.ts';
import { socialLifeDomains } from './social-life-domains.ts';

/** Context of the projection. `newId` is injected, so that tests are deterministic. */
export type ProjectionContext = {
  readonly newId: () => string;
  /** FHIR base of the gateway, for fullUrls. */
  readonly base: string;
  /** The requesting organisation, from the directory; the professional is not disclosed to the social domain. */
  readonly requester: Reference;
  /** Meta.source of the created resources: the system of the requester. */
  readonly source?: string;
};

export type ProjectedRequest = {
  readonly bundle: Bundle;
  /** Resources of the graph that were disclosed, at least in part. */
  readonly disclosed: ReadonlySet<Resource>;
  /** What became of each resource that has lines. */
  readonly judged: readonly Judged[];
};

type Parts = {
  readonly task: Task;
  readonly order: ServiceRequest;
  readonly person: Patient;
  /** Owner of the Task, as far as the recipient may receive it. */
  readonly performer: Reference | undefined;
};

/**
 * The request that the social domain receives instead of a referral, built from the elements that the allow-list and
 * the Consents (toestemming) of the person, or the legal basis itself, permit, with new ids. The Task retains its id, so that it can be
 * moved. Issues: `no-legal-basis`, `social-life-domain-missing`, `social-consent-missing`, `consent-denied`,
 * `person-name-unstructured`.
 */
export function socialRequest(
  graph: Graph,
  task: Task,
  {
    recipient,
    now,
    rule,
    note,
  }: {
    readonly recipient: Recipient;
    readonly now: Date;
    readonly rule: GroundRule;
    readonly note?: NoteConsent;
  },
  projection: ProjectionContext,
): Result<ProjectedRequest> {
  const order = graph.resolve(task.focus);
  const person = isType(order, 'ServiceRequest') ? graph.resolve(order.subject) : undefined;
  if (!isType(order, 'ServiceRequest') || !isType(person, 'Patient'))
    return failure(issue('no-legal-basis', {}, { expression: 'Task.focus' }));
  const consent = permissionOn(rule, explicitConsent(graph, person, recipient, now, note));
  const lifeDomains = permittedLifeDomains(order, consent);
  if (!lifeDomains.ok) return lifeDomains;
  const permitted = (category: 'contact-data' | 'bsn') =>
    (lifeDomains.value.length ? lifeDomains.value : [undefined]).some(
      (lifeDomain) => consent({ category, lifeDomain }) === 'permit',
    );
  if (!readsAsName(person.name)) return failure(issue('person-name-unstructured', {}, { expression: 'Patient.name' }));
  const permissions: Permissions = {
    lifeDomain: (it) => socialLifeDomains.has(it) && consent({ lifeDomain: it }) === 'permit',
    contactData: permitted('contact-data'),
    bsn: recipient.isMunicipality === true && permitted('bsn'),
    goals: isDisclosable(consent, 'goals'),
    activities: isDisclosable(consent, 'activities'),
  };
  const goals = graph.all('Goal').filter(ofPerson(graph, person));
  const plans = graph.all('CarePlan').filter(ofPerson(graph, person));
  const by = recipient.projections.message('selected', 'social-request');
  const { owner: performer } = storedTaskForSocialDomain(task, recipient.projections);
  return success(compose({ task, order, person, performer }, { goals, plans }, { by, permissions }, projection));
}

/**
 * The life domains of the order that the recipient may receive. An order without life domains depends on the Consent
 * only.
 */
function permittedLifeDomains(order: ServiceRequest, consent: ConsentCheck): Result<readonly string[]> {
  const requestedDomains = lifeDomainsOf(order);
  const verdicts = requestedDomains.length
    ? requestedDomains
        .filter((it) => socialLifeDomains.has(it))
        .map((lifeDomain) => [lifeDomain, consent({ lifeDomain })] as const)
    : ([['', consent({})]] as const);
  const permitted = verdicts.filter(([, verdict]) => verdict === 'permit').map(([lifeDomain]) => lifeDomain);
  if (permitted.length) return success(permitted.filter(Boolean));
  return failure(
    refusalOf(
      requestedDomains,
      verdicts.map(([, verdict]) => verdict),
    ),
  );
}

function refusalOf(requestedDomains: readonly string[], verdicts: readonly string[]): Issue {
  if (requestedDomains.length > 0 && verdicts.length === 0)
    return issue('social-life-domain-missing', {}, { expression: 'ServiceRequest.extension' });
  if (verdicts.includes('deny')) return issue('consent-denied', {}, { expression: 'Task.owner' });
  return issue('social-consent-missing', {}, { expression: 'Task.owner' });
}

const ofPerson =
  (graph: Graph, person: Patient) =>
  ({ subject }: { readonly subject?: Reference }): boolean =>
    graph.resolve(subject) === person;

type Plan = { readonly goals: readonly Goal[]; readonly plans: readonly CarePlan[] };

type Lines = Pick<Judged, 'by' | 'permissions'>;

function compose(
  { task, order, person, performer }: Parts,
  { goals, plans }: Plan,
  { by, permissions }: Lines,
  { newId, base, requester, source }: ProjectionContext,
): ProjectedRequest {
  const resources: Resource[] = [];
  const judged: Judged[] = [];
  /** The elements of a resource that the projection allows; none where it allows none. */
  const allowed = (it: Resource) => by.project(it, permissions) as Elements | undefined;
  const create = (of: Resource, profile: string | undefined, elements: object, id = newId()): Reference => {
    const type = of.resourceType;
    const written = { ...(profile ? { profile: [mgnProfile(profile)] } : {}), ...(source ? { source } : {}) };
    const identifier = { identifier: [resourceIdentifier(id), ...identifiersIn(elements)] };
    const output = { ...elements, resourceType: type, id, meta: written, ...identifier } as unknown as Resource;
    resources.push(output);
    judged.push({ source: of, output, by, permissions });
    return { reference: `${type}/${id}` };
  };
  const withhold = (it: Resource) => judged.push({ source: it, by, permissions });
  const subject = create(person, 'patient', { ...allowed(person) });
  const focus = create(order, 'referral', {
    ...allowed(order),
    ...(order.id && isUuid(order.id) ? { basedOn: [{ reference: `ServiceRequest/${order.id}` }] } : {}),
    subject,
    requester,
    ...(performer ? { performer: [performer] } : {}),
  });
  const projectedTask = {
    ...allowed(task),
    focus,
    for: subject,
    requester,
    ...(performer ? { owner: performer } : {}),
  };
  create(task, 'coordination-task', projectedTask, task.id && isUuid(task.id) ? task.id : newId());
  for (const goal of goals) {
    const reduced = allowed(goal);
    if (reduced) create(goal, 'goal', { ...reduced, subject });
    else withhold(goal);
  }
  for (const plan of plans) {
    const reduced = allowed(plan);
    if (reduced?.activity) create(plan, undefined, { ...reduced, status: 'active', intent: 'plan', subject });
    else withhold(plan);
  }
  const bundle: Bundle = {
    resourceType: 'Bundle',
    meta: { profile: [mgnProfile('social-request-bundle')] },
    type: 'collection',
    entry: resources.map(
      (resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource }) as BundleEntry,
    ),
  };
  return { bundle, disclosed: new Set(judged.flatMap((it) => (it.output ? it.source : []))), judged };
}

/** Status of a Task for the social domain, by its projection; without the version, which changes again on its way. */
export function taskForSocialDomain(task: Task, projections: RecipientProjections): Task {
  const { meta: _, ...reduced } = storedTaskForSocialDomain(task, projections);
  return reduced;
}

/** The same as it is read at the gateway: with the version, time and source that the gateway wrote in Meta. */
export const storedTaskForSocialDomain = (task: Task, projections: RecipientProjections): Task =>
  ({
    resourceType: 'Task',
    identifier: [],
    ...projections.message('selected', 'followed-task').project(task),
  }) as unknown as Task;

/**
 * Checks a move by care of a Task that the social domain reads: changed elements are reduced to the allow-list, so
 * codes lose display and text. `refused` contains the names of changed elements outside the list.
 */
export function moveForSocialDomain(
  before: Task,
  after: Task,
  projections: RecipientProjections,
): { readonly task: Task; readonly refused: readonly string[] } {
  const [current, requested] = [before, after] as unknown as [Elements, Elements];
  const type = projections.message('selected', 'social-request').types.get('Task');
  const allowed = new Set(
    type?.node?.parts.flatMap(({ property, node }) => (node.kind === 'withheld' ? [] : [property])),
  );
  const reduced = (type?.filter(requested, { permissions: {}, resource: requested }) ?? {}) as Elements;
  const changed = [...new Set([...Object.keys(current), ...Object.keys(requested)])].filter(
    (name) => name !== 'meta' && canonicalJson(current[name] ?? null) !== canonicalJson(requested[name] ?? null),
  );
  const task: Record<string, unknown> = { ...requested };
  for (const name of changed) {
    if (reduced[name] !== undefined) task[name] = reduced[name];
  }
  const refused = changed
    .filter((name) => requested[name] !== undefined && !allowed.has(name))
    .map((name) => (typeModel('Task')?.properties.has(name) ? name : '?'));
  return { task: task as unknown as Task, refused };
}

/** Status reason of a Task that the social domain reads: the code only. */
export const reasonForSocialDomain = (reason: CodeableConcept): CodeableConcept =>
  (codesOf([mgnCodeSystem('status-reason')])(reason, { permissions: {}, resource: {} }) ?? {}) as CodeableConcept;

const identifiersIn = (elements: object): readonly object[] =>
  (elements as { identifier?: readonly object[] }).identifier ?? [];

const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
