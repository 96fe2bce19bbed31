import type { Context } from 'hono';
import { mayPartner } from '../../access/decide/index.ts';
import type { Emergency, LoggedIn, People } from '../../access/index.ts';
import { auditEvent } from '../../audit/event.ts';
import { isReason } from '../../audit/reason.ts';
import { personAbout } from '../../exchange/memory/emergency-reading.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { agentOf, tracesOf } from '../../exchange/reading/audited-request.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { readBody } from '../body.ts';
import { envelopeOf } from '../envelope.ts';
import { replyIssues } from '../reply.ts';

type Wish = { readonly type: string; readonly id: string; readonly reason: string };

/** Other requests of the same session may change it at the same moment. */
const mostAttempts = 5;

/**
 * POST /emergency `{"about": "Type/id", "reason": "..."}`: begins emergency access (noodtoegang) to the one person whom the resource
 * is about, for the minutes that the network permits. It is recorded with its reason before it has effect, and is in the report for
 * the person, as is each read under it.
 */
export async function beginEmergency(gateway: Gateway, context: Context, people: People): Promise<Response> {
  const { store, world, network } = gateway;
  const envelope = envelopeOf(context, 0);
  const now = world.now();
  const found = await people.changing(envelope, now);
  const caller = found.ok ? { ...found.value.partner, person: found.value.person } : undefined;
  const refuse = async (issues: readonly Issue[], reference?: string): Promise<Response> => {
    const target = { ...envelope, ...(reference ? { reference } : {}) };
    await auditRefusal(gateway, target, 'break-glass', 'E', caller)(refused(issues));
    return replyIssues(context, issues);
  };
  if (!found.ok || !caller) return refuse(found.issues);
  const decided = mayPartner(network, caller, 'break-glass', ['record', 'unread']);
  if (!decided.decision) return refuse([issue('emergency-forbidden', {})]);
  const wish = await wishIn(context);
  if (!wish.ok) return refuse(wish.issues);
  const { type, id, reason } = wish.value;
  const patient = await personAbout(store, [type, id], network.settings.baseUrl);
  if (patient === undefined) return refuse([issue('not-found', {})]);
  if (patient === 'several') return refuse([issue('emergency-request-invalid', {})], `${type}/${id}`);
  const emergency = { id: world.newId(), patient, until: now.getTime() + (people.who.people?.emergency ?? 0) };
  const event = auditEvent({
    id: world.newId(),
    at: now,
    action: 'E',
    interaction: 'break-glass',
    outcome: 'success',
    codes: [],
    references: [patient],
    emergency: { id: emergency.id, reason: reason.trim() },
    details: { until: new Date(emergency.until).toISOString() },
    ...agentOf(caller),
    ...tracesOf(envelope),
  });
  await store.appendAudit([event]);
  if (!(await added(people, found.value, emergency, now))) return refuse([issue('session-ended', {})]);
  return context.json({ ...emergency, until: new Date(emergency.until).toISOString() }, 201);
}

async function added(people: People, first: LoggedIn, emergency: Emergency, now: Date): Promise<boolean> {
  let session: LoggedIn['session'] | undefined = first.session;
  for (let attempt = 1; session && attempt <= mostAttempts; attempt++) {
    const open = session.content.emergencies.filter(
      ({ until, patient }) => until > now.getTime() && patient !== emergency.patient,
    );
    const content = { ...session.content, emergencies: [...open, emergency] };
    if (await people.sessions.change(session, content)) return true;
    session = await people.sessions.open(session.secret, now);
  }
  return false;
}

async function wishIn(context: Context): Promise<Result<Wish>> {
  const body = await readBody(context, 10_000);
  if (!body.ok) return body;
  let sent: unknown;
  try {
    sent = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value));
  } catch {
    return failure(issue('emergency-request-invalid', {}));
  }
  const { about, reason } = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<
    Record<string, unknown>
  >;
  const [, type, id] =
    /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})$/.exec(typeof about === 'string' ? about : '') ?? [];
  if (!type || !id) return failure(issue('emergency-request-invalid', {}));
  return isReason(reason, 20, 300) ? success({ type, id, reason }) : failure(issue('emergency-reason-invalid', {}));
}
