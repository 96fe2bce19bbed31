import type { Bundle } from '@medplum/fhirtypes';
import type { Purpose, Receipt } from '../../disclosure/index.ts';
/** What one partner gets, by which right; `delivered` by the gateway, or found by the partner when it searches. */
export type Share = {
  readonly partner: string;
  readonly purpose: Purpose;
  readonly bundle: Bundle;
  readonly receipt: Receipt;
  readonly channel: 'fhir-rest' | 'inbox';
  /** The partner has an earlier version of the Task: as a candidate, before it was selected. */
  readonly followsTask?: true;
};
