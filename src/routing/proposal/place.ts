import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Applicant } from '../decision/candidates.ts';
import type { Capacity } from '../waiting-time/availability.ts';
import type { ExpectedWait } from '../waiting-time/expected-wait.ts';
import type { Norm } from '../waiting-time/norms.ts';
import type { Ranking } from './ranking.ts';
/** A proposed service with its ranking. Flags hold at this moment and are not stored. */
export type Place = {
  readonly service: string;
  readonly name: string;
  readonly score: number;
  readonly points: Readonly<Record<keyof Ranking['weights'], number>>;
  readonly wait?: ExpectedWait & { readonly stale: boolean; readonly overNorm: readonly Norm[] };
  readonly capacity?: Capacity & { readonly stale: boolean };
  readonly reasons: readonly Bilingual[];
};

/** The criteria of a search for a place: codes and coarse locations only, nothing that identifies a person. */
export type PlaceQuestion = Applicant & {
  /** Codes of service types (`system|code`), any of which matches. */
  readonly types: readonly string[];
  /** Main diagnosis group, as in WaitingTime.group; null when it is not a criterion. */
  readonly group: string | null;
  /** Services (`HealthcareService/<id>`) that already received the request. */
  readonly exclude: readonly string[];
  /** yyyy-mm-dd, in the network's time zone. */
  readonly today: string;
};
