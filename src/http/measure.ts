import type { Measure } from '@medplum/fhirtypes';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { definitionsOf } from './definitions.ts';

type Published = Measure & { readonly id: string; readonly url: string };

/** The Measures of the package of the profiles (https://hl7.org/fhir/R4/measure.html). */
export const measuresOf = (gateway: Gateway): readonly Published[] => definitionsOf(gateway, 'Measure') as Published[];
