import type { PictureStory, PictureTurn } from './arrows.ts';

/** What somebody else needs to see what happened: ids, codes, paths and timings. No content, phone number or name. */
export const caseFileOf = (story: PictureStory, turns: readonly PictureTurn[]) => ({
  format: 'mgn-case-file',
  version: 1,
  message: story,
  open: turns.map(({ phone: _, owner: __, ...it }) => it),
});
