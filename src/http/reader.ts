import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { auditEvent } from '../audit/event.ts';
import type { Partner } from '../directory/index.ts';
import { refused } from '../exchange/pipeline/answer.ts';
import { agentOf, auditRefusal, tracesOf } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { Result } from '../fhir/result.ts';
import { StoreFault } from '../store/store-fault.ts';
import { envelopeOf } from './envelope.ts';
import { interactions } from './interactions.ts';
import { formatOf as fhirFormatOf } from './media.ts';
import { allowedAt } from './offers.ts';
import { reply, replyIssues } from './reply.ts';
import { statusOf } from './status.ts';

/** What a reading interaction found: the answer and what of persons it showed, or why there is none. */
export type Shown =
  | { readonly kind: 'shown'; readonly response: Response; readonly references: readonly string[] }
  | {
      readonly kind: 'refused';
      readonly issues: readonly Issue[];
      /** Where the issues have more to tell than an outcome tells of them. */
      readonly body?: OperationOutcome;
    };

/**
 * A reading interaction for a known partner; who saw what is on record before the answer goes out (NEN 7513). `formatOf`
 * where it can answer in more than the formats of FHIR.
 */
export async function forReader(
  gateway: Gateway,
  context: Context,
  interaction: string,
  show: (partner: Partner) => Promise<Shown>,
  formatOf: (context: Context) => Result<unknown> = fhirFormatOf,
): Promise<Response> {
  const envelope = envelopeOf(context, 0);
  const who = gateway.authenticate(envelope.authorization, gateway.world.now());
  const partner = who.ok ? who.value : undefined;
  const format = formatOf(context);
  const shown = who.ok
    ? format.ok
      ? await show(who.value)
      : { kind: 'refused' as const, issues: format.issues }
    : { kind: 'refused' as const, issues: who.issues };
  if (shown.kind === 'refused') {
    await auditRefusal(gateway, envelope, interaction, 'R', partner)(refused(shown.issues));
    return 'body' in shown && shown.body
      ? reply(context, shown.body, statusOf(shown.issues))
      : replyIssues(context, shown.issues);
  }
  const event = auditEvent({
    id: gateway.world.newId(),
    at: gateway.world.now(),
    action: 'R',
    interaction,
    outcome: 'success',
    codes: [],
    references: shown.references,
    ...agentOf(partner),
    ...tracesOf(envelope),
  });
  try {
    await gateway.store.appendAudit([event]);
  } catch (fault) {
    if (!(fault instanceof StoreFault && concernsNoPerson(context.req.path))) throw fault;
    gateway.report(fault, 'audit');
  }
  return shown.response;
}

/** The directory, and what the gateway publishes of its own: read on even when nothing can be recorded. */
function concernsNoPerson(path: string): boolean {
  const type = path.split('/')[2] ?? '';
  const from = Object.hasOwn(interactions, type) ? interactions[type]?.from : undefined;
  return from === 'directory' || from === 'StructureMap' || from === 'Measure';
}

/** What the gateway does not do, told to whom it knows and put on record like anything else that is asked. */
export const unoffered = (gateway: Gateway, context: Context): Promise<Response> =>
  forReader(gateway, context, 'unsupported', async () => {
    const rule = allowedAt(context.req.path) ? 'interaction-unsupported' : 'not-found';
    return { kind: 'refused', issues: [issue(rule, {})] };
  });
