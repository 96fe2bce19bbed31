/**
 * The countable events of a period: dates and codes, nothing that identifies a person. An event counts on the date it
 * was received, so a closed period never changes.
 */
export type Facts = {
  readonly registrations: readonly Registration[];
  readonly transfers: readonly Fact[];
  /** Conversations with an outcome. */
  readonly outcomes: readonly (Fact & { readonly outcome: string })[];
  /** Conversations that lead to another conversation. */
  readonly explorations: readonly Fact[];
  /** Days from referral to the first conversation. */
  readonly firstConversations: readonly (Fact & { readonly days: number })[];
  /** Days from referral to the first help after the conversation. */
  readonly firstHelp: readonly (Fact & { readonly days: number; readonly domain: HelpDomain })[];
  readonly inflow: readonly (Fact & { readonly service: string; readonly way: InflowWay })[];
  readonly rejections: readonly Rejection[];
  readonly silent: readonly (Fact & { readonly useCase: string })[];
  readonly waiting: readonly WaitingFact[];
};

export type Fact = {
  /** yyyy-mm-dd, in the network's time zone. */
  readonly day: string;
  /** Code of the municipality of the person; `outside` the region, or `unknown`. */
  readonly municipality: string;
};

export type Registration = Fact & {
  /** Type of the referring organisation (mgn-organization-type); `unknown` when the directory has none. */
  readonly referrer: string;
};

/** Domain of the helping organisation. */
export type HelpDomain = 'care' | 'social' | 'network';

/** Inflow into ggz (instroom): by an order of its own, or by an order that followed a registration. */
export type InflowWay = 'direct' | 'after-registration';

export type Rejection = Fact & {
  readonly useCase: string;
  /** mgn-status-reason */
  readonly reason: string;
  /** For `alternative-proposed`: whether the alternative is a service of a member of the network. */
  readonly alternative?: 'inside-network' | 'elsewhere';
};

/** Waiting times at the end of a month, over the services for one main diagnosis group in one municipality. */
export type WaitingFact = {
  /** yyyy-mm */
  readonly month: string;
  /** mgn-diagnosis-group; `everybody` for a waiting time without a group. */
  readonly group: string;
  /** Municipality of the catchment; `everywhere` without one. */
  readonly region: string;
  readonly intakeWeeks: readonly number[];
  readonly treatmentWeeks: readonly number[];
  /** Number of services whose waiting time was stale. */
  readonly stale: number;
};
