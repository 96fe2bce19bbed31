import { asksBothSides } from '../support/non-interference/both-sides.ts';

/** Providers that are asked, chosen or passed over. */
asksBothSides([
  { who: 'a candidate before and after the choice of another', as: 'keerpunt-verslavingszorg', inShort: true },
  { who: 'a candidate that rejected, and was selected for another order', as: 'ggz-horizonland' },
  { who: 'a candidate after the withdrawal of the order', as: 'keerpunt-verslavingszorg', hasEnded: true },
  { who: 'a candidate, whether there is a further one', as: 'keerpunt-verslavingszorg', without: 'third candidate' },
  { who: 'the selected candidate, whether there was another', as: 'ggz-horizonland', without: 'rival candidate' },
  {
    who: 'a candidate, whether its Task has a number at its sender',
    as: 'keerpunt-verslavingszorg',
    without: 'number of a candidate',
  },
  { who: 'a candidate, whether there is a case consultation', as: 'keerpunt-verslavingszorg', without: 'consultation' },
]);
