import type { Identifier } from '@medplum/fhirtypes';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** Whose Tasks a Subscription is about. All filters must hold; of the values of one filter one must. */
export type Filter = { readonly parameter: Parameter; readonly values: readonly string[] };

const parameters = ['owner', 'owner:identifier', 'requester:identifier'] as const;
type Parameter = (typeof parameters)[number];

const place = { expression: 'Subscription.criteria.extension' };

/** A filter as STU1.1 writes it: `[Task?]owner:identifier=system|value`, several joined by `&`. */
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

/** A party of a Task as filters know it: its references in the directory and its business identifiers. */
export type Party = { readonly references: readonly string[]; readonly identifiers: readonly Identifier[] };
export type Parties = { readonly owner: Party; readonly requester: Party };

/** Whether a filter speaks of this party: how an event is matched, and how a partner is held to its own. */
export const holds = ({ parameter, values }: Filter, { owner, requester }: Parties): boolean => {
  switch (parameter) {
    case 'owner':
      return values.some((it) => owner.references.includes(it));
    case 'owner:identifier':
      return values.some((it) => isIdentifier(it, owner));
    case 'requester:identifier':
      return values.some((it) => isIdentifier(it, requester));
  }
};

const isIdentifier = (token: string, { identifiers }: Party): boolean =>
  identifiers.some(({ system, value }) => value !== undefined && `${system ?? ''}|${value}` === token);

/** Whether each value of each filter is this party's own: nobody is notified of somebody else's Tasks. */
export const isOwn = (filters: readonly Filter[], party: Party): boolean =>
  filters.every(({ parameter, values }) =>
    values.every((value) => holds({ parameter, values: [value] }, { owner: party, requester: party })),
  );
