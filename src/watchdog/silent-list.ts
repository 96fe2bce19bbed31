import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { raisedName } from './raise.ts';
import { silentTasks } from './silent-tasks.ts';

/** A Task on the operator's list: whom to call about which Task, without data about the person. */
export type SilentLine = {
  readonly task: string;
  readonly useCase: string;
  readonly priority: string;
  readonly status: string;
  readonly owner: string;
  readonly phone?: string;
  readonly since: Date;
  readonly passed: readonly { readonly rule: string; readonly due: Date; readonly raised: boolean }[];
};

/**
 * The list of silent referrals, with the actions of the watchdog for each; those that changed longest ago first. `isStopped`: ends it early, for
 * somebody who waits for it.
 */
export async function silentList(
  looking: Pick<Gateway, 'store' | 'network'>,
  now: Date,
  isStopped?: () => boolean,
): Promise<readonly SilentLine[]> {
  const lines: SilentLine[] = [];
  for await (const silent of silentTasks(looking, now, isStopped ? { isStopped, isHurried: () => true } : {})) {
    const { task, useCase, priority, passed } = silent;
    const service = task.owner?.reference ? looking.network.directory.service(task.owner.reference) : undefined;
    const deadlines = [];
    for (const deadline of passed) {
      const raised = await looking.store.done(raisedName(silent, deadline));
      deadlines.push({ rule: deadline.rule.id, due: deadline.due, raised });
    }
    lines.push({
      task: `Task/${task.id}`,
      useCase,
      priority,
      status: task.status,
      owner: service?.name ?? task.owner?.display ?? '?',
      ...(service?.phone ? { phone: service.phone } : {}),
      since: new Date(Math.min(...passed.map(({ since }) => since.getTime()))),
      passed: deadlines,
    });
  }
  return lines;
}
