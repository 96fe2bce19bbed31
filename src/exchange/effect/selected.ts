import type { Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Change, Grant } from '../../store/port.ts';
import type { OrderGraph } from '../../workflow/index.ts';
import { projecting } from '../disclose/disclosures.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { wholeOrder } from '../memory/journey.ts';
import type { Made } from '../pipeline/change.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { validateOwn } from '../pipeline/judge.ts';

export type Selected = {
  /** The changes with the selected Task as its owner gets it. */
  readonly made: readonly Made[];
  /** What was made for the social domain. */
  readonly changes: readonly Change[];
  readonly grants: readonly Grant[];
  readonly shares: readonly Share[];
};

/**
 * Who is selected gets the order whole, and is from now on the one who may see it. In the social domain it gets a request
 * made anew by the allow-list, on the Consent as it is now: the Task moves on to that.
 */
export async function selectedGiven(
  gateway: Gateway,
  made: readonly Made[],
  { order }: OrderGraph,
  now: Date,
): Promise<Result<Selected>> {
  const { network, store } = gateway;
  const selected = made.find(({ rule }) => rule === 'select')?.resource;
  const partner = selected && isType(selected, 'Task') ? ownerOf(network, selected as Task) : undefined;
  const recipient = partner ? recipientOf(network, partner) : undefined;
  if (!order || !selected || !partner || !recipient) return success({ made, changes: [], grants: [], shares: [] });
  const base = network.settings.baseUrl;
  const resources = [selected, ...(await wholeOrder(store, order, base))];
  const graph = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  } as Bundle;
  const sender = senderOf(network, selected as Task);
  const given = disclose({
    graph,
    recipient,
    ...(sender ? { sender, projecting: projecting(gateway, sender) } : {}),
    purpose: 'referral',
    now,
  });
  if (given.kind === 'refused') return failure(...given.issues);
  const isSocial = given.receipt.purpose === 'social-request';
  const bundle = isSocial ? withTask(given.bundle, selected) : given.bundle;
  const valid = await validateOwn(gateway, bundle, [
    mgnProfile(isSocial ? 'social-request-bundle' : 'referral-bundle'),
  ]);
  if (!valid.ok) return valid;
  const channel = network.partners.get(partner)?.channel ?? 'inbox';
  const { receipt } = given;
  const shares: Share[] = [{ partner, purpose: receipt.purpose, bundle, receipt, channel, followsTask: true }];
  const changed = new Set(made.map(({ resource }) => resource.id));
  const others = resourcesOf(bundle).filter(({ id }) => !changed.has(id));
  if (!isSocial) {
    const grants = others.map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] }));
    return success({ made, changes: [], grants, shares });
  }
  const task = resourcesOf(bundle).find(({ id }) => id === selected.id) ?? selected;
  const readers = [...new Set([partner, ...(sender ? [sender] : [])])];
  return success({
    made: made.map((it) => (it.resource.id === task.id ? { ...it, resource: task } : it)),
    changes: others.map((resource) => ({ resource, expect: 'new' as const, readers })),
    grants: [],
    shares,
  });
}

/** The Task as it was made for the social domain is the next version of the one that was asked. */
const withTask = (bundle: Bundle, { id, meta }: Identified): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((entry) =>
    entry.resource?.id === id ? ({ ...entry, resource: { ...entry.resource, meta } } as typeof entry) : entry,
  ),
});
