import { asksBothSides } from '../support/non-interference/both-sides.ts';

/** The social domain, and who is invited to a case consultation without a right to know about whom. */
asksBothSides([
  { who: 'the social domain with consent', as: 'wijkteam-zonnerveen', inShort: true },
  { who: 'the social domain after the end of consent', as: 'wijkteam-zonnerveen', hasEnded: true },
  { who: 'a referrer of the social domain, not what care writes', as: 'sociaal-werk-lissenmond' },
  { who: 'the social domain without consent', as: 'herstelinitiatief-de-brug' },
  { who: 'an invitee of a case consultation, not about whom it is', as: 'ggz-de-kade', inShort: true },
]);
