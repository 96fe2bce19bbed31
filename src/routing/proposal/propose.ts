import type { Bilingual } from '../../fhir/bilingual.ts';
import { digestOf } from '../../fhir/digest.ts';
import { whyNotAccepted } from '../decision/candidates.ts';
import { servicesInScope } from '../snapshot/services-in-scope.ts';
import type { DirectoryService, DirectorySnapshot } from '../snapshot/snapshot.ts';
import type { Availability } from '../waiting-time/availability.ts';
import { expectedWait } from '../waiting-time/expected-wait.ts';
import { isStale, type Norms, overNorm } from '../waiting-time/norms.ts';
import type { Place, PlaceQuestion } from './place.ts';
import type { Ranking } from './ranking.ts';
import { reasonsOf } from './reasons.ts';

export type Dropped = { readonly service: string; readonly name: string; readonly because: Bilingual };

/** The same question, ranking, directory and availability yield the same proposal, byte for byte. */
export type Proposal = {
  readonly places: readonly Place[];
  /** Number of lower ranked places that are not listed. */
  readonly more: number;
  readonly dropped: readonly Dropped[];
  /** Number of dropped services that are not listed. */
  readonly droppedMore: number;
  /** Number of services of a large directory that were not evaluated: their catchment does not cover the home. */
  readonly elsewhere: number;
  readonly ranking: Ranking;
  readonly directory: string;
  /** SHA-256 over waiting times and capacity of every ranked service. */
  readonly availability: string;
};

/** The inputs of a proposal besides the question. */
export type ProposalContext = {
  readonly directory: DirectorySnapshot;
  /** By `HealthcareService/<id>`. */
  readonly availability: (service: string) => Availability;
  readonly norms: Norms;
  readonly ranking: Ranking;
};

/**
 * Services that accept the applicant, best first, with reasons; the others with the reason for dropping them. A
 * proposal notifies nobody: a service answers through its own Task.
 */
export function proposePlaces(question: PlaceQuestion, offer: ProposalContext): Proposal {
  const { directory, availability, ranking } = offer;
  const { services, elsewhere } = servicesInScope(question.types, question.from, directory);
  const dropped: Dropped[] = [];
  const ranked: Ranked[] = [];
  const standing = standingIn(question, offer);
  for (const service of inOrder(services)) {
    const because = question.exclude.includes(service.reference) ? asked : whyNotAccepted(service, question);
    if (because) dropped.push({ service: service.reference, name: service.name, because });
    else ranked.push({ service, ...standing(availability(service.reference)) });
  }
  const digest = digestOf(
    ranked.map(({ service: { reference } }) => `${reference} ${digestOfAvailability(availability(reference))}`).join(),
  );
  const shown = ranked.sort(byRank).slice(0, maximumShown);
  return {
    places: shown.map((it) => placeOf(it, question, offer)),
    more: ranked.length - shown.length,
    dropped: dropped.slice(0, maximumShown),
    droppedMore: Math.max(0, dropped.length - maximumShown),
    elsewhere,
    ranking,
    directory: directory.digest,
    availability: digest,
  };
}

/** Upper bound on a readable list. */
const maximumShown = 50;

const digests = new WeakMap<Availability, string>();

/** Availability is immutable: an update creates a new object, so the digest can be cached by identity. */
function digestOfAvailability(availability: Availability): string {
  const known = digests.get(availability);
  if (known) return known;
  const digest = digestOf(availability);
  digests.set(availability, digest);
  return digest;
}

const asked: Bilingual = { en: 'already received the request', nl: 'is al gevraagd' };

type KnownAvailability = Pick<Place, 'wait' | 'capacity'>;
type Ranked = {
  readonly service: DirectoryService;
  readonly known: KnownAvailability;
  readonly points: Place['points'];
  readonly score: number;
  readonly tier: number;
  readonly weeks: number;
};

type Standing = Omit<Ranked, 'service'>;

const standings = new WeakMap<Availability, Map<string, Standing>>();

/** The rank of a service for one question, cached by its availability, which is immutable. */
function standingIn(
  { group, today }: PlaceQuestion,
  { norms, ranking }: ProposalContext,
): (availability: Availability) => Standing {
  const key = [group, today, ranking.digest, ...Object.values(norms)].join();
  return (availability) => {
    const kept = standings.get(availability);
    const known = kept?.get(key);
    if (known) return known;
    const standing = standingOf(availability, { group, today }, { norms, ranking });
    // entries for the questions of other days are dropped
    if (kept && kept.size < 20) kept.set(key, standing);
    else standings.set(availability, new Map([[key, standing]]));
    return standing;
  };
}

const ordered = new WeakMap<readonly DirectoryService[], readonly DirectoryService[]>();

/** By reference, so that loading order does not affect the result. */
function inOrder(services: readonly DirectoryService[]): readonly DirectoryService[] {
  const known = ordered.get(services);
  if (known) return known;
  const sorted = [...services].sort((a, b) => compare(a.reference, b.reference));
  ordered.set(services, sorted);
  return sorted;
}

function standingOf(
  { waitingTimes, capacity }: Availability,
  { group, today }: Pick<PlaceQuestion, 'group' | 'today'>,
  { norms, ranking }: Pick<ProposalContext, 'norms' | 'ranking'>,
): Standing {
  const wait = expectedWait(waitingTimes, group);
  const known = {
    ...(wait
      ? { wait: { ...wait, stale: isStale(wait.measuredOn, today, norms), overNorm: overNorm(wait, norms) } }
      : {}),
    ...(capacity ? { capacity: { ...capacity, stale: isStale(capacity.assessedOn, today, norms) } } : {}),
  };
  const points = pointsOf(known, ranking);
  const score = round(points.intake + points.treatment + points.capacity + points.freshness);
  const weeks = wait
    ? (wait.intakeWeeks ?? norms.longestWeeks) + (wait.treatmentWeeks ?? norms.longestWeeks)
    : Infinity;
  return { known, points, score, tier: tierOf(known, ranking), weeks };
}

const placeOf = (
  { service: { reference, name }, known, points, score }: Ranked,
  { group, from }: PlaceQuestion,
  { norms, ranking }: ProposalContext,
): Place => ({
  service: reference,
  name,
  score,
  points,
  ...known,
  reasons: reasonsOf(known, { group, from, norms, ranking }),
});

/** The configured rules for stale and closed services take precedence over points. */
function tierOf({ wait, capacity }: KnownAvailability, { stale, closed }: Ranking): number {
  if (closed === 'last' && capacity?.status === 'closed' && !capacity.stale) return 3;
  if (stale === 'by-points') return 0;
  return wait ? (wait.stale ? 1 : 0) : 2;
}

function pointsOf(
  { wait, capacity }: KnownAvailability,
  { weights, noPointsFromWeeks, capacity: shares }: Ranking,
): Place['points'] {
  const share = (weeks: number | undefined): number =>
    weeks === undefined ? 0 : 1 - Math.min(weeks, noPointsFromWeeks) / noPointsFromWeeks;
  const status = capacity && !capacity.stale ? capacity.status : 'unknown';
  return {
    intake: round(weights.intake * share(wait?.intakeWeeks)),
    treatment: round(weights.treatment * share(wait?.treatmentWeeks)),
    capacity: round(weights.capacity * (shares[status] ?? shares.unknown ?? 0)),
    freshness: wait && !wait.stale ? weights.freshness : 0,
  };
}

/** Rounding preserves order. */
const round = (it: number): number => Math.round(it * 1000) / 1000;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Ties are broken by shorter waiting time, then by name: never by loading order. */
const byRank = (a: Ranked, b: Ranked): number =>
  a.tier - b.tier ||
  b.score - a.score ||
  (a.weeks === b.weeks ? 0 : a.weeks - b.weeks) ||
  compare(a.service.name, b.service.name) ||
  compare(a.service.reference, b.service.reference);
