import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { type Decision, mayPartner } from '../access/decide/index.ts';
import { type Caller, permits } from '../access/index.ts';
import { auditEvent } from '../audit/event.ts';
import { stillReadable } from '../exchange/consent/still-readable.ts';
import { asSeenBy, type Reading } from '../exchange/memory/as-seen.ts';
import { emergencyReading } from '../exchange/memory/emergency-reading.ts';
import { refused } from '../exchange/pipeline/answer.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { agentOf, tracesOf } from '../exchange/reading/audited-request.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { Result } from '../fhir/result.ts';
import { StoreFault } from '../store/store-fault.ts';
import { type Asked, askedBy } from './asked-by.ts';
import { envelopeOf } from './envelope.ts';
import { allowedAt } from './http-routes.ts';
import { interactions } from './interactions.ts';
import { formatOf as fhirFormatOf } from './media.ts';
import { reply, replyIssues } from './reply.ts';
import { statusOf } from './status.ts';

/** Outcome of a reading interaction: the response with the references it disclosed, or the findings of a refusal. */
export type ReadOutcome =
  | { readonly kind: 'shown'; readonly response: Response; readonly references: readonly string[] }
  | {
      readonly kind: 'refused';
      readonly issues: readonly Issue[];
      /** Replaces the outcome of the issues where they have more details. */
      readonly body?: OperationOutcome;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Answers a refusal in another way than by an OperationOutcome: as a page. */
export type Refuse = (issues: readonly Issue[], partner: Caller | undefined) => Response | Promise<Response>;

/** How a page asks: `asked`, where its address does not say it. */
export type Asking = { readonly refuse?: Refuse; readonly asked?: Asked | undefined };

/**
 * Runs a reading interaction for an authenticated partner, if the decision function permits it (access/decide). Only here
 * a handler gets what it may read of the store: as its partner sees it. Its audit event is stored before the answer is sent (NEN
 * 7513). `formatOf` negotiates where an interaction supports more than the formats of FHIR; `refuse` answers a refusal that was recorded.
 */
export async function forReader(
  gateway: Gateway,
  context: Context,
  interaction: string,
  show: (partner: Caller, permitted: Reading) => Promise<ReadOutcome>,
  formatOf: (context: Context) => Result<unknown> = fhirFormatOf,
  { refuse, asked = askedBy(interaction, context.req.path) }: Asking = {},
): Promise<Response> {
  const envelope = envelopeOf(context, 0);
  const authenticated = await gateway.authenticate(envelope, gateway.world.now());
  const partner = authenticated.ok ? authenticated.value : undefined;
  const format = formatOf(context);
  const permitted = authenticated.ok
    ? format.ok
      ? await permittedOnly(gateway, authenticated.value, asked, show)
      : { kind: 'refused' as const, issues: format.issues }
    : { kind: 'refused' as const, issues: authenticated.issues };
  const emergency =
    partner && format.ok && permitted.kind === 'refused' ? await inEmergency(gateway, partner, asked, show) : undefined;
  const shown = emergency?.shown ?? permitted;
  if (shown.kind === 'refused') {
    const target = { ...envelope, reference: context.req.path.split('/').slice(2, 4).join('/') };
    await auditRefusal(gateway, target, interaction, 'R', partner)(refused(shown.issues));
    if (refuse) return refuse(shown.issues, partner);
    return 'body' in shown && shown.body
      ? reply(context, shown.body, statusOf(shown.issues))
      : replyIssues(context, shown.issues, 'headers' in shown ? shown.headers : {});
  }
  const event = auditEvent({
    id: gateway.world.newId(),
    at: gateway.world.now(),
    action: 'R',
    interaction,
    outcome: 'success',
    codes: [],
    references: shown.references,
    ...(emergency ? { emergency: { id: emergency.id } } : {}),
    ...agentOf(partner),
    ...tracesOf(envelope),
  });
  try {
    await gateway.store.appendAudit([event]);
  } catch (fault) {
    const isPublic =
      concernsNoPerson(context.req.path) &&
      shown.references.every((it) => it.startsWith('StructureMap/') || it.startsWith('Measure/'));
    if (!(fault instanceof StoreFault && isPublic)) throw fault;
    gateway.report(fault, 'audit');
  }
  return shown.response;
}

type Show = Parameters<typeof forReader>[3];

async function permittedOnly(
  gateway: Gateway,
  partner: Caller,
  asked: Asked | undefined,
  show: Show,
): Promise<ReadOutcome> {
  const reading = withinScopes(asSeenBy(gateway, partner, stillReadable(gateway, partner)), partner);
  // what is not offered is refused by its handler, which reads nothing
  if (!asked) return show(partner, reading);
  const decided = mayPartner(gateway.network, partner, asked.action, [asked.kind, 'unread']);
  return decided.decision ? show(partner, reading) : { kind: 'refused', issues: [issueOf(decided)] };
}

/** A token that may not read a type gets nothing of it by way of another: the person of an order by the reasons of its route. */
const withinScopes = (reading: Reading, { scopes }: Caller): Reading =>
  scopes
    ? {
        ...reading,
        read: async (type, id, reader) => (permits(scopes, type, 'r') ? reading.read(type, id, reader) : undefined),
      }
    : reading;

/**
 * What was refused, as somebody with emergency access to its person sees it. Undefined when there is no such access, or it does not
 * reach so far: the refusal stays as it was.
 */
async function inEmergency(
  gateway: Gateway,
  partner: Caller,
  asked: Asked | undefined,
  show: Show,
): Promise<{ readonly shown: Extract<ReadOutcome, { kind: 'shown' }>; readonly id: string } | undefined> {
  const { network, store } = gateway;
  for (const { id, patient } of partner.person?.emergencies ?? []) {
    if (!asked) return undefined;
    const decided = mayPartner(network, partner, asked.action, [asked.kind, 'none'], { emergency: 'open' });
    if (!decided.decision) return undefined;
    const shown = await show(partner, emergencyReading(store, new Set([patient]), network.settings.baseUrl));
    if (shown.kind === 'shown') return { shown, id };
  }
  return undefined;
}

/** The finding of a refusal on a reading interaction. */
export const issueOf = ({ context: { code } }: Extract<Decision, { decision: false }>): Issue =>
  code === 'operator-only' || code === 'measure-members-only' || code === 'login-missing'
    ? issue(code, {})
    : issue('not-found', {});

/** The directory, and what the gateway publishes itself: readable even when nothing can be recorded. */
function concernsNoPerson(path: string): boolean {
  const type = path.split('/')[2] ?? '';
  const from = Object.hasOwn(interactions, type) ? interactions[type]?.from : undefined;
  return from === 'directory' || from === 'StructureMap' || from === 'Measure';
}

/** Answers an unsupported interaction to an authenticated partner, with an audit event like any other. */
export const unsupported = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(gateway, context, 'unsupported', async () => {
    const rule = allowedAt(context.req.path) ? 'interaction-unsupported' : 'not-found';
    return { kind: 'refused', issues: [issue(rule, {})] };
  });
