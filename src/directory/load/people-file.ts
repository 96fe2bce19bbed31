import type { PersonRole } from '../login/people.ts';

/** `people` of network.yaml, as written. */
export type PeopleFile = {
  readonly provider?: {
    readonly issuer: string;
    readonly 'client-id': string;
    readonly 'client-secret-from'?: string;
    readonly 'client-key-from'?: string;
    readonly scopes?: readonly string[];
    readonly claims?: { readonly roles?: string; readonly organization?: string; readonly name?: string };
    readonly assurance?: readonly string[];
  };
  readonly roles?: readonly {
    readonly claim: string;
    readonly role: PersonRole;
    readonly 'minimum-assurance'?: string;
    readonly emergency?: boolean;
  }[];
  readonly organizations?: readonly { readonly claim: string; readonly partner: string }[];
  readonly sessions?: { readonly 'idle-minutes'?: number; readonly 'longest-hours'?: number };
  readonly 'emergency-minutes'?: number;
  readonly 'demo-persons'?: readonly {
    readonly id: string;
    readonly name: string;
    readonly partner: string;
    readonly roles: readonly PersonRole[];
    readonly emergency?: boolean;
  }[];
};
