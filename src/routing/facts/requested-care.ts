import type { CodeableConcept, ServiceRequest } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import type { Graph } from '../../fhir/graph.ts';
import { conditionsOf } from './conditions.ts';

/** The care requested by a referral. */
export type RequestedCare = {
  /** Codes of mgn-service-type in the order, separated by spaces; empty when there are none. */
  readonly serviceTypes: string;
  /** Level of the requested care (echelon); `none` when no level or more than one is requested. */
  readonly echelon: Echelon | 'none';
  /** Main diagnosis group (hoofddiagnosegroep) of the complaint; null when none or more than one is coded. */
  readonly diagnosisGroup: string | null;
};

export type Echelon = 'general-practice' | 'basic' | 'specialist' | 'social';

/** Generalist basic ggz and specialist ggz are separate levels, as are general practice and the social domain. */
const echelons: Readonly<Record<string, Echelon>> = {
  'gp-mental-health': 'general-practice',
  'basic-ggz': 'basic',
  'specialist-ggz': 'specialist',
  'addiction-care': 'specialist',
  'youth-ggz': 'specialist',
  'elderly-ggz': 'specialist',
  outreach: 'specialist',
  crisis: 'specialist',
  'social-work': 'social',
  'client-support': 'social',
  'informal-care-support': 'social',
  'debt-counselling': 'social',
  'housing-support': 'social',
  'work-and-daytime': 'social',
  'youth-support': 'social',
  'peer-support': 'social',
  'self-help': 'social',
};

export function requestedCareOf(graph: Graph, order: ServiceRequest | undefined): RequestedCare {
  const types = codesOf(mgnCodeSystem('service-type'), [
    order?.code,
    order?.performerType,
    ...(order?.orderDetail ?? []),
  ]);
  const steps = new Set(types.flatMap((it) => echelons[it] ?? []));
  const groups = codesOf(mgnCodeSystem('diagnosis-group'), [
    ...(order?.reasonCode ?? []),
    ...conditionsOf(graph).flatMap(({ code, category = [] }) => [code, ...category]),
  ]);
  const [echelon = 'none', ...others] = steps;
  return {
    serviceTypes: types.join(' '),
    echelon: others.length > 0 ? 'none' : echelon,
    diagnosisGroup: groups.length === 1 ? groups[0]! : null,
  };
}

const codesOf = (system: string, concepts: readonly (CodeableConcept | undefined)[]): readonly string[] => [
  ...new Set(
    concepts.flatMap((it) =>
      (it?.coding ?? []).flatMap((one) => (one.system === system && one.code ? [one.code] : [])),
    ),
  ),
];
