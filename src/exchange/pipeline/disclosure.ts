import type { Bundle } from '@medplum/fhirtypes';
import type { Carried } from '../../delivery/channel/destination.ts';
import type { Evidence, Purpose, Receipt } from '../../disclosure/index.ts';

/** Content disclosed to one partner on one legal basis: delivered to it, or read by it at the gateway. */
export type Disclosure = Carried & {
  readonly partner: string;
  readonly purpose: Purpose;
  readonly bundle: Bundle;
  readonly receipt: Receipt;
  /** What decided on it. */
  readonly evidence: Evidence;
  /** Profile that the whole Bundle conforms to; without one each new resource conforms to its own profile. */
  readonly requiredProfile?: RequiredProfile;
  /** Its resources were created for this recipient and are stored as disclosed. */
  readonly isExtract?: true;
  /** Contains resources that were stored before: the recipient may read those at the gateway too. */
  readonly includesStored?: true;
  /** The partner already has an earlier version of the Task: it was a candidate before it was selected. */
  readonly updatesTask?: true;
};

/** Profile of a Bundle on its way out. */
export type RequiredProfile = {
  readonly profile: string;
  /** A Bundle that leaves out nothing of the validated message needs no second validation as a whole. */
  readonly unlessComplete?: true;
};
