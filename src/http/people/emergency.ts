import type { Context } from 'hono';
import { mayPartner } from '../../access/decide/index.ts';
import type { Emergency, LoggedIn, People } from '../../access/index.ts';
import { auditEvent } from '../../audit/event.ts';
import { isReason } from '../../audit/reason.ts';
import { patientsWith, personAbout } from '../../exchange/memory/emergency-reading.ts';
import { refused } from '../../exchange/pipeline/answer.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { agentOf, tracesOf } from '../../exchange/reading/audited-request.ts';
import { bsn } from '../../fhir/identifier.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { readBody } from '../body.ts';
import { envelopeOf } from '../envelope.ts';
import { replyIssues } from '../reply.ts';

type Wish = { readonly reason: string } & ({ readonly type: string; readonly id: string } | { readonly bsn: string });

/** Names of resources in the answer, at most: who needs more has the first ones to begin with. */
const mostNames = 200;

/** Other requests of the same session may change it at the same moment. */
const mostAttempts = 5;

/**
 * POST /emergency `{"about": "Type/id", "reason": "..."}`: begins emergency access (noodtoegang) to the one person whom the resource
 * is about, for the minutes that the network permits; `{"about": {"bsn": "..."}, ...}` to the person with that BSN, for who has no
 * reference. It is recorded with its reason before it has effect, and is in the report for the person, as is each read under it. The
 * answer names what it opens (`opens`), since nothing is found by a search.
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
  const { reason } = wish.value;
  const patients = await patientsIn(gateway, wish.value);
  if (patients === 'several')
    return refuse(
      [issue('emergency-request-invalid', {})],
      'type' in wish.value ? `${wish.value.type}/${wish.value.id}` : undefined,
    );
  const [patient] = patients;
  if (patient === undefined) return refuse([issue('not-found', {})]);
  const emergency = { id: world.newId(), patient, until: now.getTime() + (people.who.people?.emergency ?? 0) };
  const event = auditEvent({
    id: world.newId(),
    at: now,
    action: 'E',
    interaction: 'break-glass',
    outcome: 'success',
    codes: [],
    references: patients,
    emergency: { id: emergency.id, reason: reason.trim() },
    details: { until: new Date(emergency.until).toISOString() },
    ...agentOf(caller),
    ...tracesOf(envelope),
  });
  await store.appendAudit([event]);
  const all = patients.map((it) => ({ ...emergency, patient: it }));
  if (!(await added(people, found.value, all, now))) return refuse([issue('session-ended', {})]);
  const names = (await store.referringTo(patients)).map(({ type, id }) => `${type}/${id}`);
  const opens = [...patients, ...names.filter((it) => !it.startsWith('Provenance/')).sort()].slice(0, mostNames);
  return context.json({ ...emergency, until: new Date(emergency.until).toISOString(), patients, opens }, 201);
}

/** The Patients of one person; each referral of a person has its own. Empty when there is none. */
async function patientsIn({ store, network }: Gateway, wish: Wish): Promise<readonly string[] | 'several'> {
  if ('bsn' in wish) return patientsWith(store, wish.bsn, mostNames);
  const person = await personAbout(store, [wish.type, wish.id], network.settings.baseUrl);
  return person === undefined || person === 'several' ? (person ?? []) : [person];
}

async function added(people: People, first: LoggedIn, emergencies: readonly Emergency[], now: Date): Promise<boolean> {
  const patients = emergencies.map(({ patient }) => patient);
  let session: LoggedIn['session'] | undefined = first.session;
  for (let attempt = 1; session && attempt <= mostAttempts; attempt++) {
    const open = session.content.emergencies.filter(
      ({ until, patient }) => until > now.getTime() && !patients.includes(patient),
    );
    const content = { ...session.content, emergencies: [...open, ...emergencies] };
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
  const named = (typeof about === 'object' && about !== null ? about : {}) as { readonly bsn?: unknown };
  const number = typeof named.bsn === 'string' ? bsn(named.bsn) : undefined;
  if (number !== undefined)
    return isReason(reason, 20, 300)
      ? success({ bsn: number, reason })
      : failure(issue('emergency-reason-invalid', {}));
  const [, type, id] =
    /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})$/.exec(typeof about === 'string' ? about : '') ?? [];
  if (!type || !id) return failure(issue('emergency-request-invalid', {}));
  return isReason(reason, 20, 300) ? success({ type, id, reason }) : failure(issue('emergency-reason-invalid', {}));
}
