import { digestOf } from '../fhir/digest.ts';
import { type ToTake, whyNotTaken } from './candidates.ts';
import type { Bilingual } from './decision.ts';
import type { Capacity, Figures } from './figures.ts';
import { isStale, type Norm, type Norms, overNorm } from './norms.ts';
import { reasonsOf } from './rank-reasons.ts';
import type { Ranking } from './ranking.ts';
import type { DirectoryService, DirectorySnapshot } from './snapshot.ts';
import { type Wait, waitFor } from './wait.ts';

/** Who looks for a place: codes and coarse places only, nothing that names a person. */
export type PlaceQuestion = ToTake & {
  /** Codes of service types (`system|code`): any of them. */
  readonly types: readonly string[];
  /** Main diagnosis group, as WaitingTime.group tells it; null when it makes no difference. */
  readonly group: string | null;
  /** Services (`HealthcareService/<id>`) that have been asked already. */
  readonly exclude: readonly string[];
  /** yyyy-mm-dd, where the network is. */
  readonly today: string;
};

/** A service that takes the person, with what it was ranked by. Flags are of this moment and stored nowhere. */
export type Place = {
  readonly service: string;
  readonly name: string;
  readonly score: number;
  readonly points: Readonly<Record<keyof Ranking['weights'], number>>;
  readonly wait?: Wait & { readonly stale: boolean; readonly overNorm: readonly Norm[] };
  readonly capacity?: Capacity & { readonly stale: boolean };
  readonly reasons: readonly Bilingual[];
};

export type Dropped = { readonly service: string; readonly name: string; readonly because: Bilingual };

/** The same question, ranking, directory and figures give the same proposal, to the byte. */
export type Proposal = {
  readonly places: readonly Place[];
  readonly dropped: readonly Dropped[];
  readonly ranking: Ranking;
  readonly directory: string;
  /** SHA-256 over the figures of every service that was ranked. */
  readonly figures: string;
};

/** What the proposal needs to know besides the question. */
export type Offer = {
  readonly directory: DirectorySnapshot;
  /** By `HealthcareService/<id>`. */
  readonly figures: (service: string) => Figures;
  readonly norms: Norms;
  readonly ranking: Ranking;
};

/**
 * Services that could take somebody, the most fitting first, each with its reasons; the others with why not.
 * Asks nobody and tells nobody: an answer of a service is a Task's to bring.
 */
export function proposePlaces(question: PlaceQuestion, offer: Offer): Proposal {
  const { directory, figures, ranking } = offer;
  const services = servicesOf(question, directory);
  const dropped: Dropped[] = [];
  const ranked: Ranked[] = [];
  for (const service of services) {
    const because = question.exclude.includes(service.reference) ? asked : whyNotTaken(service, question);
    if (because) dropped.push({ service: service.reference, name: service.name, because });
    else ranked.push(placeOf(service, question, offer));
  }
  return {
    places: ranked.sort(byRank).map(({ place }) => place),
    dropped,
    ranking,
    directory: directory.digest,
    figures: digestOf(ranked.map(({ place: { service } }) => [service, figures(service)])),
  };
}

/** In the order of their references: a service of two types stands once. */
function servicesOf({ types }: PlaceQuestion, directory: DirectorySnapshot): readonly DirectoryService[] {
  const found = new Map(
    types.flatMap((type) => directory.servicesOfType(type).map((it) => [it.reference, it] as const)),
  );
  return [...found.values()].sort((a, b) => compare(a.reference, b.reference));
}

const asked: Bilingual = { en: 'has been asked already', nl: 'is al gevraagd' };

type Ranked = { readonly place: Place; readonly tier: number; readonly weeks: number };

function placeOf(
  { reference, name }: DirectoryService,
  { group, today, from }: PlaceQuestion,
  { figures, norms, ranking }: Offer,
): Ranked {
  const { waitingTimes, capacity } = figures(reference);
  const wait = waitFor(waitingTimes, group);
  const known = {
    ...(wait
      ? { wait: { ...wait, stale: isStale(wait.measuredOn, today, norms), overNorm: overNorm(wait, norms) } }
      : {}),
    ...(capacity ? { capacity: { ...capacity, stale: isStale(capacity.assessedOn, today, norms) } } : {}),
  };
  const points = pointsOf(known, ranking);
  const score = Object.values(points).reduce((sum, it) => sum + it, 0);
  const place: Place = {
    service: reference,
    name,
    score: round(score),
    points,
    ...known,
    reasons: reasonsOf(known, { group, from, norms, ranking }),
  };
  const weeks = wait
    ? (wait.intakeWeeks ?? norms.longestWeeks) + (wait.treatmentWeeks ?? norms.longestWeeks)
    : Infinity;
  return { place, tier: tierOf(known, ranking), weeks };
}

type Known = Pick<Place, 'wait' | 'capacity'>;

/** A place on the list is first a matter of rule, then of points. */
function tierOf({ wait, capacity }: Known, { stale, closed }: Ranking): number {
  if (closed === 'last' && capacity?.status === 'closed' && !capacity.stale) return 3;
  if (stale === 'by-points') return 0;
  return wait ? (wait.stale ? 1 : 0) : 2;
}

function pointsOf(
  { wait, capacity }: Known,
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

/** Rounding keeps order: of two numbers the larger never becomes the smaller. */
const round = (it: number): number => Math.round(it * 1000) / 1000;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of equals the shorter wait, then the alphabet: never the order in which they happened to be loaded. */
const byRank = (a: Ranked, b: Ranked): number =>
  a.tier - b.tier ||
  b.place.score - a.place.score ||
  (a.weeks === b.weeks ? 0 : a.weeks - b.weeks) ||
  compare(a.place.name, b.place.name) ||
  compare(a.place.service, b.place.service);
