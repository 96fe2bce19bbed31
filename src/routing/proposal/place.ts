import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Applicant } from '../decision/candidates.ts';
import type { Capacity } from '../waiting-time/availability.ts';
import type { ExpectedWait } from '../waiting-time/expected-wait.ts';
import type { Norm } from '../waiting-time/norms.ts';
import type { Ranking } from './ranking.ts';
/** A service that takes the person, with what it was ranked by. Flags are of this moment and stored nowhere. */
export type Place = {
  readonly service: string;
  readonly name: string;
  readonly score: number;
  readonly points: Readonly<Record<keyof Ranking['weights'], number>>;
  readonly wait?: ExpectedWait & { readonly stale: boolean; readonly overNorm: readonly Norm[] };
  readonly capacity?: Capacity & { readonly stale: boolean };
  readonly reasons: readonly Bilingual[];
};

/** Who looks for a place: codes and coarse places only, nothing that names a person. */
export type PlaceQuestion = Applicant & {
  /** Codes of service types (`system|code`): any of them. */
  readonly types: readonly string[];
  /** Main diagnosis group, as WaitingTime.group tells it; null when it makes no difference. */
  readonly group: string | null;
  /** Services (`HealthcareService/<id>`) that have been asked already. */
  readonly exclude: readonly string[];
  /** yyyy-mm-dd, where the network is. */
  readonly today: string;
};
