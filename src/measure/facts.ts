/**
 * What happened in a period, as far as figures count it: days and codes, nothing that leads to anybody. Each fact lies on the
 * day on which the gateway took it in, so a period that is over never changes.
 */
export type Facts = {
  readonly registrations: readonly Registration[];
  readonly transfers: readonly Fact[];
  /** Conversations that came to an outcome. */
  readonly outcomes: readonly (Fact & { readonly outcome: string })[];
  /** Conversations after which another follows. */
  readonly explorations: readonly Fact[];
  /** Days from referral to the first conversation. */
  readonly firstConversations: readonly (Fact & { readonly days: number })[];
  /** Days from referral to the first help after it. */
  readonly firstHelp: readonly (Fact & { readonly days: number; readonly domain: HelpDomain })[];
  readonly inflow: readonly (Fact & { readonly service: string; readonly way: InflowWay })[];
  readonly rejections: readonly Rejection[];
  readonly silent: readonly (Fact & { readonly useCase: string })[];
  readonly waiting: readonly WaitingFact[];
};

export type Fact = {
  /** yyyy-mm-dd, where the network is. */
  readonly day: string;
  /** Code of the municipality where the person lives, or `outside` the region, or `unknown`. */
  readonly municipality: string;
};

export type Registration = Fact & {
  /** mgn-organization-type of who referred; `unknown` when the directory does not tell. */
  readonly referrer: string;
};

/** Domain of who helps: care or the social domain. */
export type HelpDomain = 'care' | 'social' | 'network';

/** How somebody came into ggz: by an order of its own, or by one that followed from a registration. */
export type InflowWay = 'direct' | 'after-registration';

export type Rejection = Fact & {
  readonly useCase: string;
  /** mgn-status-reason */
  readonly reason: string;
  /** Of `alternative-proposed`: whether the alternative is a service of a member of the network. */
  readonly alternative?: 'inside-network' | 'elsewhere';
};

/** Waiting times at the end of a month, over the offer of one main diagnosis group in one municipality. */
export type WaitingFact = {
  /** yyyy-mm */
  readonly month: string;
  /** mgn-diagnosis-group; `everybody` for a figure without one. */
  readonly group: string;
  /** Municipality of the catchment; `everywhere` when it has none. */
  readonly region: string;
  readonly intakeWeeks: readonly number[];
  readonly treatmentWeeks: readonly number[];
  /** Offers whose figure was too old to count. */
  readonly stale: number;
};
