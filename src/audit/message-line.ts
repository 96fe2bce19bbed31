/**
 * The line of the log for a message that was accepted or refused. As an audit event it has ids, codes and a duration,
 * and no property for content; unlike an audit event it is written for people who follow a running gateway.
 */
export type MessageLine = {
  /** The step of the pipeline that it ended at: `store` when it was accepted. */
  readonly step: string;
  readonly outcome: 'accepted' | 'refused' | 'failed';
  readonly interaction: string;
  /** Id of the partner; absent when it was not authenticated. */
  readonly partner?: string;
  /** Kind of message and the form in which it was sent; absent for a move. */
  readonly kind?: string;
  readonly form?: string;
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  /** `ServiceRequest/id` and `Task/id` that it created or changed; of a refused move its target. */
  readonly orders?: readonly string[];
  readonly tasks?: readonly string[];
  /** Errors of a refusal, warnings of an acceptance. */
  readonly codes: readonly string[];
  /** From the arrival of the request to the decision. */
  readonly milliseconds?: number;
};

/** A request as far as its line needs it; `since` and `now` are on the clock of `performance.now()`. */
type Requested = Pick<MessageLine, 'requestId' | 'correlationId' | 'traceId'> & { readonly since?: number | undefined };

type Steps = readonly {
  readonly step: string;
  readonly form?: { readonly id: string; readonly kind: string } | undefined;
}[];

/** The line of an accepted message; `reference` is what an earlier message stored, when this one is a resend. */
export const acceptedLine = (
  received: Requested & { readonly partner: { readonly id: string } },
  it: Pick<MessageLine, 'interaction' | 'codes'> & {
    readonly steps: Steps;
    readonly changes?: readonly { readonly resource: Changed }[];
    readonly reference?: string;
  },
  now: number,
): MessageLine => ({
  step: it.changes ? 'store' : 'recognise resend',
  outcome: 'accepted',
  interaction: it.interaction,
  partner: received.partner.id,
  ...formOf(it.steps),
  ...idsOf(received),
  ...ordersAndTasks((it.changes ?? []).map(({ resource }) => resource)),
  ...targetOf(it.reference),
  codes: it.codes,
  ...duration(received, now),
});

/** The line of a refused message. Without a step it ended at `otherwise`. */
export const refusedLine = (
  request: Requested & { readonly reference?: string | undefined },
  it: Pick<MessageLine, 'interaction' | 'outcome' | 'partner' | 'codes'> & {
    readonly steps: Steps;
    readonly otherwise: string;
  },
  now: number,
): MessageLine => ({
  step: it.steps.at(-1)?.step ?? it.otherwise,
  outcome: it.outcome,
  interaction: it.interaction,
  ...(it.partner ? { partner: it.partner } : {}),
  ...formOf(it.steps),
  ...idsOf(request),
  ...targetOf(request.reference),
  codes: it.codes,
  ...duration(request, now),
});

const idsOf = ({ requestId, correlationId, traceId }: Requested) => ({
  ...(requestId ? { requestId } : {}),
  ...(correlationId ? { correlationId } : {}),
  ...(traceId ? { traceId } : {}),
});

function formOf(steps: Steps): Pick<MessageLine, 'kind' | 'form'> {
  const found = steps.find(({ form }) => form)?.form;
  return found ? { kind: found.kind, form: found.id } : {};
}

const duration = ({ since }: Requested, now: number): Pick<MessageLine, 'milliseconds'> =>
  since === undefined ? {} : { milliseconds: Math.round(now - since) };

type Changed = {
  readonly resourceType: string;
  readonly id?: string;
  readonly focus?: unknown;
};

/** Orders and Tasks among stored resources; the orders of the Tasks where no order was stored itself. */
function ordersAndTasks(resources: readonly Changed[]): Pick<MessageLine, 'orders' | 'tasks'> {
  const idsOf = (type: string) =>
    resources.filter(({ resourceType }) => resourceType === type).map(({ id }) => `${type}/${id}`);
  const tasks = idsOf('Task');
  const stored = idsOf('ServiceRequest');
  const orders = stored.length ? stored : resources.flatMap(orderOf);
  return {
    ...(orders.length ? { orders: [...new Set(orders)] } : {}),
    ...(tasks.length ? { tasks: [...new Set(tasks)] } : {}),
  };
}

const ownReference = /^(?:ServiceRequest|Task)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function orderOf({ resourceType, focus }: Changed): string[] {
  const { reference } = (focus ?? {}) as { readonly reference?: string };
  return resourceType === 'Task' && reference?.startsWith('ServiceRequest/') && ownReference.test(reference)
    ? [reference]
    : [];
}

/** The target of a request by its address. Text that is not an id of the gateway could identify a person. */
function targetOf(reference: string | undefined): Pick<MessageLine, 'orders' | 'tasks'> {
  if (!reference || !ownReference.test(reference)) return {};
  return reference.startsWith('Task/') ? { tasks: [reference] } : { orders: [reference] };
}
