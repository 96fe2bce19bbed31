import { appointmentsToParties } from './appointments-to-parties.ts';
import { careTeamAfter } from './care-team.ts';
import type { Consequence } from './consequence.ts';
import { endRightToRead } from './end-right-to-read.ts';
import { episodeAfter } from './episode.ts';
import { feedbackAfter } from './feedback-after.ts';
import { discloseToSelected } from './selected.ts';

/** Consequences of any move. Each inspects the move and adds nothing where it does not apply. */
export const consequences: readonly Consequence[] = [
  discloseToSelected,
  appointmentsToParties,
  careTeamAfter,
  episodeAfter,
  feedbackAfter,
  endRightToRead,
];
