import type { Task } from '@medplum/fhirtypes';
import type { Channel } from '../delivery/channel/channel.ts';
import type { ChannelHandler } from '../delivery/settings.ts';
import { resourceAsSeen } from '../exchange/memory/as-seen.ts';
import { readAt } from '../exchange/memory/memory.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isError } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';

/**
 * Sends the state of a referral as an HL7 v2 message (RRI^I12). The map reads the Task that was disclosed, and of its order and
 * person what the recipient may read at the gateway, as it may see it.
 */
export const referralStateHandler =
  (gateway: () => Gateway, channel: Channel): ChannelHandler =>
  async (dispatch, address, _, cut) => {
    const { store, network, outgoing, world } = gateway();
    const partner = network.partners.get(dispatch.recipient);
    const shape = outgoing.shapes.get(partner?.shape ?? 'rri-i12');
    if (!partner || !shape?.map.writeHl7) return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
    const task = parseJson(dispatch.body) as Task;
    const readable = async (reference: string | undefined): Promise<Resource[]> => {
      const found = reference ? await readAt(store, reference, partner.id) : undefined;
      return found ? [resourceAsSeen(network, found, partner)] : [];
    };
    const order = await readable(task.focus?.reference);
    const subject = (order[0] as { readonly subject?: { readonly reference?: string } } | undefined)?.subject
      ?.reference;
    const person = await readable(subject);
    const graph = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [task, ...order, ...person].map((resource) => ({ resource })),
    };
    const { output, issues = [] } = shape.map.run(graph, { seed: dispatch.id, now: world.now() });
    const rules = [...new Set(issues.filter(isError).map(({ rule }) => rule))];
    // such as an order that this partner may not read any more
    if (rules.length)
      return { kind: 'refused', reason: { rule: 'outgoing-message-failed', detail: rules.slice(0, 10).join(' ') } };
    const body = shape.map.writeHl7(output as never);
    return channel.send({ ...dispatch, body }, address, world.now, cut);
  };
