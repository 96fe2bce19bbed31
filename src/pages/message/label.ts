import type { MessageStory } from '../../operations/index.ts';
import type { Turn } from '../../watchdog/index.ts';
import type { View } from '../frame/view.ts';
import { kindOf } from '../messages/page.ts';
import type { Arrow } from './arrows.ts';
import { outcomeWords, words } from './words.ts';

export type Picture = {
  readonly story: MessageStory;
  readonly turns: readonly Turn[];
  /** The one that is explained, counted from one. */
  readonly arrow: number;
  readonly partners: ReadonlyMap<string, { readonly name: string; readonly domain: string }>;
  readonly now: Date;
  readonly timezone: string;
};

export const nameOf = ({ partners }: Pick<Picture, 'partners'>, id: string): string => partners.get(id)?.name ?? id;

/** Its name, what became of it, and the classes of its line. */
export function labelOf(view: View, { status }: MessageStory, it: Arrow): readonly [string, string, string] {
  const { say } = view;
  if (it.kind === 'received') return [say(words.message), say(words.received), ''];
  if (it.kind === 'answer')
    return status === undefined
      ? [say(words.refused), say(words.answer), ' fail']
      : [say(words.accepted), `${say(words.answer)} ${status}`, ''];
  const { outcome, attempt } = it;
  const tried = attempt > 0 ? `${say(words.attempt)} ${attempt}: ` : '';
  const word = outcomeWords[outcome];
  const look = outcome === 'delivered' ? '' : attempt === 0 ? ' wait dashed' : ' fail dashed';
  return [kindOf(view, it.delivery.kind), `${tried}${word ? say(word) : outcome}`, look];
}
