import type { Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { disclose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, success } from '../../fhir/result.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import { projecting } from '../disclose/disclosures.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { wholeOrder } from '../memory/journey.ts';
import { validateOwn } from '../pipeline/judge.ts';
import type { Consequence } from './consequence.ts';

/**
 * The selected candidate gets the whole order and may read it from now on. In the social domain it gets a request created by
 * the allow-list, on the Consent as it is now: the Task goes on as the Task of that request.
 */
export const discloseToSelected: Consequence = async (gateway, { graph: { order }, versioned: made, at: now }) => {
  const { network, store } = gateway;
  const selected = made.find(({ rule }) => rule === 'select')?.resource;
  const partner = selected && isType(selected, 'Task') ? ownerOf(network, selected as Task) : undefined;
  const recipient = partner ? recipientOf(network, partner) : undefined;
  if (!order || !selected || !partner || !recipient) return success({});
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
    ...(sender ? { sender, projection: projecting(gateway, sender) } : {}),
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
  const { receipt } = given;
  const disclosures = [
    disclosureTo(network, { partner, purpose: receipt.purpose, bundle, receipt, followsTask: true }),
  ];
  const changed = new Set(made.map(({ resource }) => resource.id));
  const others = resourcesOf(bundle).filter(({ id }) => !changed.has(id));
  if (!isSocial) {
    const grants = others.map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] }));
    return success({ grants, disclosures });
  }
  const task = resourcesOf(bundle).find(({ id }) => id === selected.id) ?? selected;
  const readers = [...new Set([partner, ...(sender ? [sender] : [])])];
  return success({
    replaced: made.filter(({ resource }) => resource.id === task.id).map((it) => ({ ...it, resource: task })),
    changes: others.map((resource) => ({ resource, expect: 'new' as const, readers })),
    disclosures,
  });
};

/** The Task as it was made for the social domain is the next version of the one that was asked. */
const withTask = (bundle: Bundle, { id, meta }: Identified): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((entry) =>
    entry.resource?.id === id ? ({ ...entry, resource: { ...entry.resource, meta } } as typeof entry) : entry,
  ),
});
