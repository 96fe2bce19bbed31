import type { Task } from '@medplum/fhirtypes';
import type { Network } from '../directory/index.ts';
import { causeOfTask } from '../exchange/disclose/dispatch.ts';
import { ownerOf } from '../exchange/memory/actors.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { causedBy } from '../exchange/reading/traceparent.ts';
import { isType } from '../fhir/resource.ts';
import { faultFrom } from '../store/fault-data.ts';
import type { Announced, Commit, Store } from '../store/port.ts';
import { type Announcement, topicsOf } from '../subscription/index.ts';
import { partiesOf } from './parties.ts';

type AnnouncementContext = Pick<Gateway, 'report'> & { readonly network: () => Network };

/**
 * Wraps the store to announce every new version of a Task to matching Subscriptions, in the transaction of that
 * version: no writer of a Task can forget to notify. What fails is reported, and does not prevent the commit.
 */
export const withAnnouncements = (store: Store, it: AnnouncementContext): Store => ({
  ...store,
  commit: async (commit) => {
    const announce = announcedBy(it, commit);
    const committed = await store.commit(announce ? { ...commit, announce } : commit);
    if (committed.kind === 'committed')
      for (const { fault } of committed.unannounced ?? []) it.report(faultFrom(fault), 'announce');
    return committed;
  },
});

function announcedBy({ network, report }: AnnouncementContext, commit: Commit): Announced | undefined {
  try {
    const announcements = (commit.changes ?? []).flatMap(({ resource }) =>
      isType(resource, 'Task') ? announcementOf(network(), resource, commit) : [],
    );
    return announcements.length ? { base: network().settings.baseUrl, announcements } : undefined;
  } catch (fault) {
    // A failing notification must not prevent a referral.
    report(fault, 'announce');
    return undefined;
  }
}

function announcementOf(network: Network, task: Task, { message }: Commit): Announcement | [] {
  const topics = topicsOf(task);
  if (topics.length === 0) return [];
  const cause = message
    ? { messageId: message.id, correlationId: message.requestId, traceId: message.traceId, ...causedBy({}) }
    : {};
  const owner = ownerOf(network, task);
  const causeOfOwner = owner === undefined ? cause : causeOfTask(network, task, owner, cause);
  return {
    focus: `Task/${task.id}`,
    topics,
    parties: partiesOf(network, task),
    cause,
    ...(owner === undefined || causeOfOwner === cause ? {} : { causes: [{ partner: owner, cause: causeOfOwner }] }),
  };
}
