import type { Task } from '@medplum/fhirtypes';
import type { ZgwMove, ZgwTarget } from '../delivery/channel/zgw/settings.ts';

/** One move of a Task. */
export type TaskStep = { readonly status: Task['status']; readonly reason?: string };

const way: readonly Task['status'][] = ['requested', 'received', 'accepted', 'in-progress', 'completed'];

const passesBy: Readonly<Record<Exclude<ZgwMove, 'rejected' | 'unchanged'>, readonly Task['status'][]>> = {
  received: ['received'],
  accepted: ['accepted'],
  'in-progress': ['accepted', 'in-progress'],
  completed: ['accepted', 'in-progress', 'completed'],
};

/**
 * The moves by which a Task comes where its zaak is. A zaak may skip statuses, and its status be read after the next was
 * set; a Task does neither, so that each move is reported to the referrer. A Task never goes back: a zaak that was moved back
 * changes nothing. Work that was begun is not rejected: it has failed, with the reason.
 */
export function stepsTo(current: Task['status'], { task, reason }: ZgwTarget): readonly TaskStep[] {
  if (task === 'unchanged') return [];
  const because = reason === undefined ? {} : { reason };
  if (current === 'on-hold') return [{ status: 'in-progress' }, ...stepsTo('in-progress', { task, ...because })];
  const at = way.indexOf(current);
  if (at < 0 || current === 'completed') return [];
  if (task === 'rejected') return [{ status: current === 'in-progress' ? 'failed' : 'rejected', ...because }];
  return passesBy[task].filter((it) => way.indexOf(it) > at).map((status) => ({ status }));
}
