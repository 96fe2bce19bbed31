import { asksBothSides } from '../support/non-interference/both-sides.ts';

/** Referrers, and providers that were asked nothing. Candidates and the social domain have files of their own: files run beside each other. */
asksBothSides([
  { who: 'the owner of a Task, not what others send about the person', as: 'registration-team' },
  { who: 'the sender, not what care records and asks of others', as: 'gp-de-linde' },
  { who: 'another referrer of the same person', as: 'gp-veenzicht' },
  { who: 'a referrer whose referral was rejected', as: 'gp-het-baken' },
  { who: 'a provider that was asked nothing', as: 'jeugdpraktijk-windveer' },
  {
    who: 'a referrer, whether another one referred the person',
    as: 'gp-het-baken',
    without: 'second referral',
    inShort: true,
  },
  { who: 'the first referrer, whether another one referred the person', as: 'gp-de-linde', without: 'second referral' },
  { who: 'a provider, whether anybody referred the person', as: 'ggz-de-kade', without: 'second referral' },
]);
