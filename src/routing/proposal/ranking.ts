import { readChecked } from '../../definitions/checked-yaml.ts';
import { digestOf } from '../../fhir/digest.ts';
import { type Result, success } from '../../fhir/result.ts';
import schema from './ranking.schema.json' with { type: 'json' };

/** The ranking rules (mappings/ranking.yaml) with their digest. */
export type Ranking = {
  readonly digest: string;
  readonly weights: Readonly<Record<'intake' | 'treatment' | 'capacity' | 'freshness', number>>;
  readonly noPointsFromWeeks: number;
  /** Share of the points per capacity status, and for `unknown`. */
  readonly capacity: Readonly<Record<string, number>>;
  readonly stale: 'after-fresh' | 'by-points';
  readonly closed: 'last' | 'by-points';
  /** Codes of mgn-service-type. */
  readonly transferTypes: readonly string[];
};

type RankingFile = {
  readonly ranking: Pick<Ranking, 'weights' | 'capacity' | 'stale' | 'closed'> & {
    readonly 'no-points-from-weeks': number;
    readonly 'transfer-types': readonly string[];
  };
};

/** Compiles ranking.yaml. Reports all mistakes, with line and column. */
export function compileRanking(text: string, path: string): Result<Ranking> {
  const read = readChecked<RankingFile>(text, path, schema);
  if (!read.ok) return read;
  const { weights, capacity, stale, closed, ...file } = read.value.value.ranking;
  return success({
    digest: digestOf(read.value.value),
    weights,
    capacity,
    stale,
    closed,
    noPointsFromWeeks: file['no-points-from-weeks'],
    transferTypes: file['transfer-types'],
  });
}
