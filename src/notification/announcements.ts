import type { Task } from '@medplum/fhirtypes';
import type { Network } from '../directory/index.ts';
import { causeOfTask } from '../exchange/disclose/dispatch.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isType } from '../fhir/resource.ts';
import type { Announcement, Commit, Store, StoredSubscription } from '../store/port.ts';
import { holds, topicsOf } from '../subscription/index.ts';
import { notificationDispatch } from './dispatch.ts';
import { partiesOf } from './parties.ts';

type AnnouncementContext = Pick<Gateway, 'world' | 'report'> & { readonly network: () => Network };

/**
 * Wraps the store to announce every new version of a Task to matching Subscriptions, in the transaction of that
 * version: no writer of a Task can forget to notify.
 */
export const withAnnouncements = (store: Store, it: AnnouncementContext): Store => ({
  ...store,
  commit: (commit) => {
    const moved = (commit.changes ?? []).flatMap(({ resource }) => (isType(resource, 'Task') ? [resource] : []));
    return store.commit(moved.length ? { ...commit, announce: announce(it, commit, moved) } : commit);
  },
});

const announce =
  ({ network, world, report }: AnnouncementContext, { now, message }: Commit, tasks: readonly Task[]) =>
  (active: readonly StoredSubscription[]): readonly Announcement[] => {
    try {
      const base = network().settings.baseUrl;
      const cause = message
        ? { messageId: message.id, correlationId: message.requestId, traceId: message.traceId }
        : {};
      return tasks.flatMap((task) => {
        const focus = `Task/${task.id}`;
        return matching(network(), task, active).map((subscription) => ({
          subscription,
          focus,
          dispatch: (number: number) =>
            notificationDispatch(
              { base, world, at: now, cause: causeOfTask(network(), task, subscription.partner, cause) },
              'event-notification',
              subscription,
              {
                number,
                at: now,
                focus,
              },
            ),
        }));
      });
    } catch (fault) {
      // A failing notification must not prevent a referral.
      report(fault, 'announce');
      return [];
    }
  };

function matching(network: Network, task: Task, active: readonly StoredSubscription[]): readonly StoredSubscription[] {
  const topics = topicsOf(task);
  const about = active.filter(({ agreement }) => topics.includes(agreement.topic));
  if (about.length === 0) return [];
  const parties = partiesOf(network, task);
  return about.filter(({ agreement }) => agreement.filters.every((filter) => holds(filter, parties)));
}
