import type { Task } from '@medplum/fhirtypes';
import { auditEvent } from '../audit/event.ts';
import { dispatchesOfOwn } from '../exchange/disclose/dispatch.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import type { ErasureRequest } from '../store/port.ts';
import { ownCoding } from '../vocabulary/concept.ts';
import { taskIdentifier } from '../vocabulary/identifiers.ts';
import { legalBasis } from '../vocabulary/legal-basis.ts';
import { fulfillCoding } from '../vocabulary/task-verb.ts';

/** Milliseconds between two looks for persons that were erased, by this process or by `mgn erase`. */
const every = 60_000;

/**
 * Requests the partners to which something about an erased person was delivered to erase it too (GDPR, article 19): a Task for
 * each, once over all gateways. The watchdog follows it like any other.
 */
export async function requestErasures(gateway: Gateway): Promise<number> {
  const { store } = gateway;
  let count = 0;
  for (const { patient, requests } of await store.erasures())
    for (const request of requests) {
      const once = `erase ${patient} ${request.recipient}`;
      if (!(await store.done(once)) && (await requestErasure(gateway, patient, request, once))) count += 1;
    }
  return count;
}

async function requestErasure(
  gateway: Gateway,
  patient: string,
  request: ErasureRequest,
  once: string,
): Promise<boolean> {
  const { store, network, world } = gateway;
  const partner = network.partners.get(request.recipient);
  // who is a partner no more gets it when it is one again
  if (!partner) return false;
  const now = world.now();
  const task = erasureTask(request, {
    id: world.newId(),
    at: now,
    network: network.settings.organization,
    owner: partner.organization,
  });
  const traceId = world.newId();
  const committed = await store.commit({
    now,
    once,
    changes: [{ resource: task, expect: 'new', readers: [partner.id] }],
    dispatches: dispatchesOfOwn(gateway, task, { recipient: partner, kind: 'erasure', traceId }),
    audit: [
      auditEvent({
        id: world.newId(),
        at: now,
        action: 'C',
        interaction: 'request-erasure',
        outcome: 'success',
        codes: [],
        traceId,
        partner: { id: 'mgn-gateway', name: network.name },
        recipient: { id: partner.id, name: partner.name },
        references: [patient, `Task/${task.id}`],
      }),
    ],
  });
  return committed.kind === 'committed';
}

type Identity = { readonly id: string; readonly at: Date; readonly network: string; readonly owner: string };

/** Names what the partner has by the ids of the gateway only. */
const erasureTask = (
  { focus, others }: ErasureRequest,
  { id, at, network, owner }: Identity,
): Task & { id: string } => ({
  resourceType: 'Task',
  id,
  meta: { profile: [mgnProfile('coordination-task')] },
  extension: [legalBasis('legal-duty')],
  identifier: [taskIdentifier(id)],
  status: 'requested',
  intent: 'order',
  code: { coding: [fulfillCoding, ownCoding('task-code', 'erase-person'), ownCoding('use-case', 'erasure')] },
  description:
    'Deze persoon is bij de gateway gewist. Wis wat u van deze persoon ontving, voor zover u het niet moet bewaren.',
  focus: { reference: focus },
  authoredOn: at.toISOString(),
  requester: { reference: network },
  owner: { reference: owner },
  ...(others.length
    ? { input: others.map((reference) => ({ type: { text: 'Also to be erased' }, valueReference: { reference } })) }
    : {}),
});

/** Looks at the start, and then every minute. Returns how to stop, after the look that is taken. */
export function startErasureRequests(gateway: Gateway): () => Promise<void> {
  let running: Promise<void> | undefined;
  const start = () => {
    running ??= requestErasures(gateway)
      .then(() => {})
      .catch((fault) => gateway.report(fault, 'erasure'))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(start, every).unref();
  start();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
