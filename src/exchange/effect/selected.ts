import type { Bundle, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { type DisclosureQuestion, disclose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, success } from '../../fhir/result.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { askOutside } from '../disclose/outside-consent.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { ordersBefore, wholeOrder } from '../memory/journey.ts';
import { objectionsBefore } from '../memory/objections.ts';
import { validateOwn } from '../pipeline/judge.ts';
import type { Consequence } from './consequence.ts';

/**
 * Discloses the whole order to the selected candidate. In the social domain it gets a request created by the
 * allow-list, on the Consent (toestemming) as it is now; the Task continues as the Task of that request.
 */
export const discloseToSelected: Consequence = async (gateway, { graph: { order }, versioned, at: now }) => {
  const { network, store, grounds } = gateway;
  const selected = versioned.find(({ rule }) => rule === 'select')?.resource;
  const partner = selected && isType(selected, 'Task') ? ownerOf(network, selected as Task) : undefined;
  const recipient = partner ? recipientOf(network, partner) : undefined;
  if (!order || !selected || !partner || !recipient) return success({});
  const base = network.settings.baseUrl;
  const objections = await objectionsBefore(store, (await ordersBefore(store, order)).slice(1), order.subject);
  const resources = [selected, ...(await wholeOrder(store, order, base)), ...objections];
  const graph = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
  } as Bundle;
  const sender = senderOf(network, selected as Task);
  const question: DisclosureQuestion = {
    graph,
    recipient,
    ...(sender ? { sender, projection: projectionContext(gateway, sender) } : {}),
    purpose: 'referral',
    isSentTogether: true,
    now,
    grounds,
  };
  const outside = await askOutside(gateway, (answers) => disclose({ ...question, outside: answers }));
  const disclosed = disclose(outside ? { ...question, outside } : question);
  if (disclosed.kind === 'refused') return failure(...disclosed.issues);
  const isSocial = disclosed.receipt.purpose === 'social-request';
  const bundle = isSocial ? withTask(disclosed.bundle, selected) : disclosed.bundle;
  const valid = await validateOwn(gateway, bundle, [
    mgnProfile(isSocial ? 'social-request-bundle' : 'referral-bundle'),
  ]);
  if (!valid.ok) return valid;
  const { receipt, evidence } = disclosed;
  const disclosures = [
    disclosureTo(network, { partner, purpose: receipt.purpose, bundle, receipt, evidence, updatesTask: true }),
  ];
  const changed = new Set(versioned.map(({ resource }) => resource.id));
  const others = resourcesOf(bundle).filter(({ id }) => !changed.has(id));
  if (!isSocial) {
    const grants = others.map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] }));
    return success({ grants, disclosures });
  }
  const task = resourcesOf(bundle).find(({ id }) => id === selected.id) ?? selected;
  const readers = [...new Set([partner, ...(sender ? [sender] : [])])];
  return success({
    replaced: versioned.filter(({ resource }) => resource.id === task.id).map((it) => ({ ...it, resource: task })),
    changes: others.map((resource) => ({ resource, expect: 'new' as const, readers })),
    disclosures,
  });
};

/** The Task created for the social domain is the next version of the Task of the candidate. */
const withTask = (bundle: Bundle, { id, meta }: Identified): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((entry) =>
    entry.resource?.id === id ? ({ ...entry, resource: { ...entry.resource, meta } } as typeof entry) : entry,
  ),
});
