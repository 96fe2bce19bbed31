import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Norms } from '../waiting-time/norms.ts';
import type { Place } from './place.ts';
import type { Proposal } from './propose.ts';

const text = (name: string, valueString: string): ParametersParameter => ({ name, valueString });
const number = (name: string, valueDecimal: number): ParametersParameter => ({ name, valueDecimal });
const code = (name: string, valueCode: string): ParametersParameter => ({ name, valueCode });
const weeks = (name: string, value: number | undefined): ParametersParameter[] =>
  value === undefined
    ? []
    : [{ name, valueDuration: { value, unit: 'weken', system: 'http://unitsofmeasure.org', code: 'wk' } }];
const bilingual = (name: string, { en, nl }: Bilingual): ParametersParameter => ({
  name,
  part: [text('en', en), text('nl', nl)],
});

/**
 * A proposal as FHIR Parameters (mgn-propose-transfer, mgn-find-place): `place` in order of rank, `dropped`, and the
 * inputs used. References point into the directory; nothing is about a person.
 */
export function proposalParameters(proposal: Proposal, norms: Norms): Parameters {
  const { places, more, dropped, droppedMore, elsewhere, ranking, directory, availability } = proposal;
  return {
    resourceType: 'Parameters',
    parameter: [
      ...places.map((it, index) => ({ name: 'place', part: placeParts(it, index + 1) })),
      ...dropped.map(({ service, name, because }) => ({
        name: 'dropped',
        part: [serviceOf(service, name), bilingual('reason', because)],
      })),
      ...count('more', more),
      ...count('dropped-more', droppedMore),
      ...count('elsewhere', elsewhere),
      {
        name: 'weights',
        part: [
          ...Object.entries(ranking.weights).map(([name, value]) => number(name, value)),
          number('no-points-from-weeks', ranking.noPointsFromWeeks),
          ...Object.entries(ranking.capacity).map(([name, value]) => number(`capacity-${name}`, value)),
          code('stale', ranking.stale),
          code('closed', ranking.closed),
        ],
      },
      {
        name: 'norms',
        part: [
          { name: 'stale-after-days', valueInteger: norms.staleAfterDays },
          number('intake-weeks', norms.intakeWeeks),
          number('treatment-weeks', norms.treatmentWeeks),
          number('total-weeks', norms.totalWeeks),
        ],
      },
      {
        name: 'made-with',
        part: [text('ranking', ranking.digest), text('directory', directory), text('figures', availability)],
      },
    ],
  };
}

const count = (name: string, valueInteger: number): ParametersParameter[] =>
  valueInteger > 0 ? [{ name, valueInteger }] : [];

const serviceOf = (reference: string, display: string): ParametersParameter => ({
  name: 'service',
  valueReference: { reference, display },
});

function placeParts(
  { service, name, score, points, wait, capacity, reasons }: Place,
  rank: number,
): ParametersParameter[] {
  return [
    serviceOf(service, name),
    { name: 'rank', valuePositiveInt: rank },
    number('score', score),
    ...Object.entries(points).map(([name, value]) => number(`points-${name}`, value)),
    ...weeks('intake', wait?.intakeWeeks),
    ...weeks('treatment', wait?.treatmentWeeks),
    ...(wait
      ? [
          { name: 'measured-on', valueDate: wait.measuredOn },
          ...wait.methods.map((it) => code('method', it)),
          ...wait.sources.map((it) => code('source', it)),
          code('basis', wait.basis),
          { name: 'stale', valueBoolean: wait.stale },
          ...wait.overNorm.map((it) => code('over-norm', it)),
        ]
      : []),
    ...(capacity
      ? [
          code('capacity', capacity.status),
          ...(capacity.note ? [text('capacity-note', capacity.note)] : []),
          { name: 'capacity-assessed-on', valueDate: capacity.assessedOn },
          { name: 'capacity-stale', valueBoolean: capacity.stale },
        ]
      : []),
    ...reasons.map((it) => bilingual('reason', it)),
  ];
}
