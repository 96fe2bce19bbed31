import type { CodeableConcept, ServiceRequest } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import type { Graph } from '../../fhir/graph.ts';

/** What kind of help a referral asks for. */
export type RequestedCare = {
  /** Codes of mgn-service-type in the order, with a space between; empty when it asks for none. */
  readonly serviceTypes: string;
  /** Step of care (echelon) of what is asked; `none` when it asks for none, or for more than one. */
  readonly echelon: Echelon | 'none';
  /** The main diagnosis group of the complaint; null when none is coded, or more than one. */
  readonly diagnosisGroup: string | null;
};

export type Echelon = 'general-practice' | 'basic' | 'specialist' | 'social';

/** Generalist basic ggz and specialist ggz are steps of their own; what the GP's practice and the social domain do, too. */
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
    ...graph.all('Condition').flatMap(({ code, category = [] }) => [code, ...category]),
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
