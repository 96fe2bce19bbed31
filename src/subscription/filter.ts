import type { Identifier } from '@medplum/fhirtypes';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/**
 * Restricts a Subscription to the Tasks of certain parties. All filters must match; a filter matches when one of its
 * values does.
 */
export type Filter = { readonly parameter: Parameter; readonly values: readonly string[] };

const parameters = ['owner', 'owner:identifier', 'requester:identifier'] as const;
type Parameter = (typeof parameters)[number];

const place = { expression: 'Subscription.criteria.extension' };

/** Parses a filter of STU1.1: `[Task?]owner:identifier=system|value`, several joined by `&`. */
export function parseFilter(text: string): Result<readonly Filter[]> {
  const filters = text
    .replace(/^Task[?.]/, '')
    .split('&')
    .map((part) => {
      const [name = '', ...rest] = part.split('=');
      return { parameter: name as Parameter, values: rest.join('=').split(',').filter(Boolean) };
    });
  return filters.every((it) => parameters.includes(it.parameter) && it.values.length > 0)
    ? success(filters)
    : failure(issue('subscription-filter-unsupported', { offered: parameters.join(', ') }, place));
}

export const filterText = ({ parameter, values }: Filter): string => `${parameter}=${values.join(',')}`;

/** A party of a Task: its references in the directory and its business identifiers. */
export type Party = { readonly references: readonly string[]; readonly identifiers: readonly Identifier[] };
export type Parties = { readonly owner: Party; readonly requester: Party };

/** Whether a filter matches a party. Used both to match events and to restrict a partner to its own Tasks. */
export const holds = ({ parameter, values }: Filter, { owner, requester }: Parties): boolean => {
  switch (parameter) {
    case 'owner':
      // TA Notifications writes `owner=system|value` for a business identifier
      return values.some((it) => owner.references.includes(it) || (it.includes('|') && isIdentifier(it, owner)));
    case 'owner:identifier':
      return values.some((it) => isIdentifier(it, owner));
    case 'requester:identifier':
      return values.some((it) => isIdentifier(it, requester));
  }
};

const isIdentifier = (token: string, { identifiers }: Party): boolean =>
  identifiers.some(({ system, value }) => value !== undefined && `${system ?? ''}|${value}` === token);

/** Whether every value of every filter belongs to this party: no partner is notified of another's Tasks. */
export const isOwn = (filters: readonly Filter[], party: Party): boolean =>
  filters.every(({ parameter, values }) =>
    values.every((value) => holds({ parameter, values: [value] }, { owner: party, requester: party })),
  );
