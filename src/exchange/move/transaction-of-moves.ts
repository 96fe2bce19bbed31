import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { isUnselected } from '../../disclosure/index.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { writeJson } from '../../fhir/json.ts';
import { localReference } from '../../fhir/local-reference.ts';
import type { Limits } from '../../fhir/parse-error.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { ownerOf } from '../memory/actors.ts';
import { focusOf, ordersBefore } from '../memory/journey.ts';
import { readAt } from '../memory/memory.ts';
import { withJourneyTrace } from '../memory/trace.ts';
import type { Answer } from '../pipeline/answer.ts';
import { stored } from '../pipeline/change.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { commitOrRetry } from '../pipeline/retry-after-race.ts';
import type { Envelope, Received } from '../reading/envelope.ts';
import { fhirJson } from '../reading/media-type.ts';
import { parse } from '../reading/parse.ts';
import { considerMove, type Move } from './move.ts';

/** Upper bound, because each move reads the store several times. */
const maximumMoves = 50;

/**
 * A transaction (https://hl7.org/fhir/R4/http.html#transaction) that changes stored resources: with a PATCH, with a PUT
 * and If-Match, or with changes of orders and Tasks only. Undefined for any other message, because a referral from
 * another system may PUT resources with ids of its own.
 */
export function transactionOfMoves(received: Received, limits: Partial<Limits>): Bundle | undefined {
  const { body, contentType, intake, asMessage } = received;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Avoids a second parse of most messages.
  if (intake !== undefined || asMessage || !(bytes.includes('PATCH') || bytes.includes('PUT'))) return undefined;
  const parsed = parse(contentType, body, limits);
  const bundle = parsed.ok ? parsed.value.resource : undefined;
  if (!isType(bundle, 'Bundle') || bundle.type !== 'transaction') return undefined;
  const { entry } = bundle;
  if (!Array.isArray(entry) || entry.length === 0) return undefined;
  return entry.some(isMove) || entry.every(isOfOrder) ? bundle : undefined;
}

const isMove = (entry: BundleEntry | undefined): boolean =>
  entry?.request?.method === 'PATCH' || (isChange(entry) && entry?.request?.ifMatch !== undefined);

const isOfOrder = (entry: BundleEntry | undefined): boolean =>
  isChange(entry) && ['Task', 'ServiceRequest'].includes(entry?.resource?.resourceType ?? '');

const isChange = (entry: BundleEntry | undefined): boolean =>
  entry?.request?.method === 'PUT' || entry?.request?.method === 'PATCH';

/**
 * Carries out the moves of a transaction in one commit or none. Each move is decided on the stored state before all of
 * them, so their order has no meaning, as FHIR requires. Two moves that touch the same journey or resource are refused
 * (`transaction-overlap`).
 */
export function moveAll(
  gateway: Gateway,
  envelope: Pick<Envelope, 'traceId'>,
  received: Received,
  bundle: Bundle,
): Promise<Answer> {
  return commitOrRetry(gateway, envelope, received, async () => {
    const read = readMoves(gateway, bundle, received);
    if (!read.ok) return read;
    const considered: Considered[] = [];
    const issues: Issue[] = await candidatesBeside(gateway, read.value);
    if (issues.length) return failure(...issues);
    for (const [index, { move, sent }] of read.value.entries()) {
      const traced = await withJourneyTrace(gateway.store, envelope, sent, `${move.type}/${move.id}`);
      const current = await stored(gateway, move).current(traced);
      const planned = current.ok ? await considerMove(gateway, traced, move, current.value) : current;
      if (planned.ok)
        considered.push({ index, plan: planned.value, journey: await journeyOf(gateway, planned.value), traced });
      else issues.push(...planned.issues.map((it) => placedInEntry(it, index, move.method)));
    }
    issues.push(...overlaps(considered));
    return issues.length ? failure(...issues) : success(asOneCommit(considered, received.at));
  });
}

/**
 * A candidate does not learn about whom it is asked. Whether two of its Tasks are of one journey, or one is of the journey
 * of a person it knows, would show by `transaction-overlap`: such a Task is moved alone.
 */
async function candidatesBeside({ network, store }: Gateway, moves: readonly RequestedEntry[]): Promise<Issue[]> {
  if (moves.length < 2) return [];
  const issues: Issue[] = [];
  for (const [index, { move, sent }] of moves.entries()) {
    const task = move.type === 'Task' ? await readAt(store, `Task/${move.id}`, sent.partner.id) : undefined;
    if (!isType(task, 'Task') || !isUnselected(task) || ownerOf(network, task) !== sent.partner.id) continue;
    issues.push(issue('transaction-candidate', { index }, { expression: `Bundle.entry[${index}]` }));
  }
  return issues;
}

type RequestedEntry = { readonly move: Move; readonly sent: Received };
type Considered = {
  readonly index: number;
  readonly plan: CommitPlan;
  readonly journey: string;
  readonly traced: Received;
};

function readMoves(
  { network, validator }: Gateway,
  bundle: Bundle,
  received: Received,
): Result<readonly RequestedEntry[]> {
  const { entry = [] } = bundle;
  if (entry.length > maximumMoves) return failure(issue('transaction-too-long', { limit: maximumMoves }));
  // Issues of the resources themselves are reported with their move.
  const invalid = validator
    .validate(bundle, { profiles: [] })
    .issues.filter((it) => isError(it) && !/\.resource\b/.test(it.expression ?? ''));
  if (invalid.length) return failure(...invalid);
  if (!entry.every(isChange)) return failure(mixedEntries(entry.findIndex(isChange)));
  const moves: RequestedEntry[] = [];
  for (const [index, it] of entry.entries()) {
    const move = readMove(it, network.settings.baseUrl, received);
    if (!move) return failure(issue('transaction-entry-invalid', { index }, { expression: `Bundle.entry[${index}]` }));
    moves.push(move);
  }
  return success(moves);
}

/** A transaction may not mix moves with new resources: a refused message would lose its moves. */
const mixedEntries = (index: number): Issue =>
  issue('entry-method-unsupported', {}, { expression: `Bundle.entry[${index}].request.method` });

function readMove({ request, resource }: BundleEntry, base: string, received: Received): RequestedEntry | undefined {
  const { method: httpMethod, url = '', ifMatch } = request ?? {};
  const local = localReference(url, base);
  const [, type, id = ''] = /^(Task|ServiceRequest)\/([A-Za-z0-9.-]{1,64})$/.exec(local) ?? [];
  const content = resource && contentOf(resource);
  if (!type || !content) return undefined;
  const method = httpMethod === 'PUT' ? 'update' : 'patch';
  return { move: { type: type as Move['type'], id, ifMatch, method }, sent: { ...received, ...content } };
}

/** Body of the same move sent as a single request; for a Binary its decoded content. */
function contentOf(resource: Resource): Pick<Received, 'contentType' | 'body'> | undefined {
  if (!isType(resource, 'Binary')) return { contentType: fhirJson, body: Buffer.from(writeJson(resource)) };
  const { contentType, data } = resource;
  if (typeof contentType !== 'string' || typeof data !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(data))
    return undefined;
  return { contentType, body: Buffer.from(data, 'base64') };
}

/** Locates an issue in the Bundle. The result of a patch has no place in it, so the entry itself is reported. */
function placedInEntry(it: Issue, index: number, method: Move['method']): Issue {
  const entry = `Bundle.entry[${index}]`;
  const inside = it.expression?.replace(/^[A-Za-z]+/, '') ?? '';
  return { ...it, expression: method === 'update' && it.expression ? `${entry}.resource${inside}` : entry };
}

/**
 * First order of the journey. Effects on the whole journey depend on all its orders, so moves of one journey overlap.
 */
async function journeyOf({ store }: Gateway, { changes, location }: CommitPlan): Promise<string> {
  const main = changes[0]?.resource;
  const reference = isType(main, 'Task') ? await focusOf(store, main) : location;
  const order = await readAt(store, reference);
  const first = isType(order, 'ServiceRequest') ? (await ordersBefore(store, order)).at(-1) : undefined;
  return first ? `ServiceRequest/${first.id}` : reference;
}

function overlaps(considered: readonly Considered[]): Issue[] {
  const changed = new Set<string>();
  const guarded = new Set<string>();
  return considered.flatMap(({ index, plan: { changes, guards = [] }, journey }) => {
    const touched = [journey, ...changes.map(({ resource }) => `${resource.resourceType}/${resource.id}`)];
    const guardedHere = guards.map(({ type, id }) => `${type}/${id}`);
    const overlap =
      touched.some((it) => changed.has(it) || guarded.has(it)) || guardedHere.some((it) => changed.has(it));
    for (const it of touched) changed.add(it);
    for (const it of guardedHere) guarded.add(it);
    return overlap ? [issue('transaction-overlap', { index }, { expression: `Bundle.entry[${index}]` })] : [];
  });
}

function asOneCommit(considered: readonly Considered[], at: Date): CommitPlan {
  const plans = considered.map(({ plan }) => plan);
  const [first] = plans;
  return {
    interaction: 'transaction',
    action: 'U',
    body: response(plans, at),
    location: first!.location,
    version: first!.version,
    steps: [],
    decisions: { moves: plans.map(({ location, decisions }) => ({ resource: location, ...decisions })) },
    changes: plans.flatMap(({ changes }) => changes),
    guards: plans.flatMap(({ guards = [] }) => guards),
    grants: plans.flatMap(({ grants = [] }) => grants),
    revocations: plans.flatMap(({ revocations = [] }) => revocations),
    withdrawals: plans.flatMap(({ withdrawals = [] }) => withdrawals),
    dispatches: (cause) =>
      considered.flatMap(({ plan, traced: { traceId } }) => plan.dispatches({ ...cause, traceId })),
    codes: [],
  };
}

const response = (plans: readonly CommitPlan[], at: Date): Bundle => ({
  resourceType: 'Bundle',
  type: 'transaction-response',
  entry: plans.map(({ location, version }) => ({
    response: {
      status: '200 OK',
      location: `${location}/_history/${version}`,
      etag: `W/"${version}"`,
      lastModified: at.toISOString(),
    },
  })),
});
