import { mayPartner } from '../../access/decide/index.ts';
import type { Caller } from '../../access/index.ts';
import type { Network } from '../../directory/index.ts';
import { type Issue, issue } from '../../fhir/issue.ts';

/** Whether this caller may send or change anything at all; what of it is decided on later. Issue: `person-may-not-act`. */
export const actingIssues = (network: Network, caller: Caller): readonly Issue[] =>
  mayPartner(network, caller, 'act', ['message', 'unread']).decision ? [] : [issue('person-may-not-act', {})];
