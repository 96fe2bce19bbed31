import { type AuditedInteraction, auditEvent } from '../../audit/event.ts';
import { isReason } from '../../audit/reason.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { AuditEvent, DispatchStatus, Store } from '../../store/port.ts';
import type { World } from '../../world.ts';
import { allDeadLetters } from './dead-letters.ts';

/** The operator, as recorded in the audit trail, with the id of its request. */
export type ActingOperator = {
  readonly id: string;
  readonly name: string;
  /** Who of the operators it is, when that is a person. */
  readonly person?: NonNullable<AuditedInteraction['partner']>['person'];
  readonly requestId?: string;
};

export type Acting = { readonly store: Store; readonly world: World; readonly by: ActingOperator };

/** Deliveries to send again: by id, of one partner, or all of them. */
export type RequeueWish = { readonly ids: readonly string[] } | { readonly partner: string } | { readonly all: true };

/** What was requeued, and why others were not. */
export type Requeued = { readonly requeued: readonly string[]; readonly issues: readonly Issue[] };

/**
 * Sends dead letters again, at their former position, and tries at once what was set aside; to the address that the
 * partner has now. Each is one transaction with its audit event, so that of two operators one succeeds. Issues:
 * `dead-letter-unknown`, `dead-letter-ended`.
 */
export async function requeueDeadLetters(acting: Acting, wish: RequeueWish): Promise<Requeued> {
  const requeued: string[] = [];
  const issues: Issue[] = [];
  for (const id of await idsOf(acting.store, wish)) {
    const found = await acting.store.dispatch(id);
    const now = acting.world.now();
    const done = found && (await acting.store.requeue(id, now, [actEvent(acting, found, 'requeue-delivery', [])]));
    if (done) requeued.push(id);
    // of a whole list, one that was requeued by somebody else in between is what was asked for
    else if ('ids' in wish) issues.push(await notHeldBack(acting.store, id));
  }
  return { requeued, issues };
}

/** Read as a whole first: what is requeued and fails again at once is not requeued twice. */
async function idsOf(store: Store, wish: RequeueWish): Promise<readonly string[]> {
  if ('ids' in wish) return [...new Set(wish.ids)];
  const ids: string[] = [];
  for await (const { id } of allDeadLetters(store, 'partner' in wish ? wish.partner : undefined)) ids.push(id);
  return ids;
}

/**
 * Ends a dead letter, or one that was set aside, without sending it; its journey continues. Issues:
 * `dead-letter-reason-invalid`, `dead-letter-unknown`, `dead-letter-ended`.
 */
export async function skipDeadLetter(acting: Acting, id: string, reason: unknown): Promise<Result<undefined>> {
  if (!isReason(reason, 5, 200)) return failure(issue('dead-letter-reason-invalid', {}));
  const { store, world } = acting;
  const found = await store.dispatch(id);
  const because = `skipped: ${reason.trim()}`;
  const audit = found ? [actEvent(acting, found, 'skip-delivery', [because])] : [];
  if (found && (await store.skip(id, { now: world.now(), because, audit }))) return success(undefined);
  return failure(await notHeldBack(store, id));
}

async function notHeldBack(store: Store, id: string): Promise<Issue> {
  const found = await store.dispatch(id);
  const shown = /^[\w-]{1,64}$/.test(id) ? id : '?';
  return found
    ? issue('dead-letter-ended', { id: shown, state: found.state })
    : issue('dead-letter-unknown', { id: shown });
}

const actEvent = (
  { world, by: { requestId, person, ...operator } }: Acting,
  { id, recipient, traceId, about }: DispatchStatus,
  interaction: 'requeue-delivery' | 'skip-delivery',
  codes: readonly string[],
): AuditEvent =>
  auditEvent({
    id: world.newId(),
    at: world.now(),
    action: 'U',
    interaction,
    outcome: 'success',
    codes: [id, ...codes],
    ...(requestId ? { requestId } : {}),
    traceId,
    partner: { ...operator, ...(person ? { person } : {}) },
    recipient: { id: recipient, name: recipient },
    ...(about ? { references: about } : {}),
  });
