import { type Deadline, deadlinesOf } from '../deadline/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isOpen } from '../workflow/index.ts';
import { raisedName } from './raise.ts';
import { watchedOf } from './silent-tasks.ts';

/** Who has to act on an open Task, and what the watchdog does next. Ids, codes and times; nothing about the person. */
export type Turn = {
  readonly task: string;
  readonly useCase?: string;
  readonly status: string;
  readonly owner: string;
  readonly phone?: string;
  /** When it came into its status. */
  readonly since: Date;
  /** The first deadline about which the watchdog has done nothing yet. */
  readonly next?: { readonly rule: string; readonly does: Deadline['rule']['does']; readonly due: Date };
};

/** Undefined when there is no such Task, or it has ended. */
export async function turnOf(source: Pick<Gateway, 'store' | 'network'>, id: string): Promise<Turn | undefined> {
  const stored = await source.store.read('Task', id);
  if (!stored) return undefined;
  const { task, watched } = await watchedOf(source, stored);
  if (!isOpen(task)) return undefined;
  const { rules, calendar } = source.network.settings.watchdog;
  const { useCase, priority } = watched;
  let next: Deadline | undefined;
  for (const deadline of useCase === undefined ? [] : deadlinesOf(watched, rules, calendar)) {
    const silent = { task, useCase: useCase ?? '', priority, passed: [deadline] };
    if (await source.store.done(raisedName(silent, deadline))) continue;
    next = deadline;
    break;
  }
  const service = task.owner?.reference ? source.network.directory.service(task.owner.reference) : undefined;
  return {
    task: `Task/${task.id}`,
    ...(useCase === undefined ? {} : { useCase }),
    status: task.status,
    // the name in a message is text of its sender: only that of the directory is shown
    owner: service?.name ?? '?',
    ...(service?.phone ? { phone: service.phone } : {}),
    since: watched.inStatusSince,
    ...(next ? { next: { rule: next.rule.id, does: next.rule.does, due: next.due } } : {}),
  };
}
