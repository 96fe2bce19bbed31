import type { MessageStory } from '../../operations/index.ts';
import type { Turn } from '../../watchdog/index.ts';

/** What somebody else needs to see what happened: ids, codes, paths and timings. No content, phone number or name. */
export const caseFileOf = (story: MessageStory, turns: readonly Turn[]) => ({
  format: 'mgn-case-file',
  version: 1,
  message: story,
  open: turns.map(({ phone: _, owner: __, ...it }) => it),
});
