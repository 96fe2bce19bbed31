import type { Identifier } from '@medplum/fhirtypes';
import { type Network, recipientOf } from '../directory/index.ts';
import type { Criterion } from '../store/port.ts';
import { sourceOfPartner } from '../vocabulary/meta-source.ts';

/** The store accepts as many values of one criterion. */
const maximumValues = 300;

/**
 * Who owns and who requests a Task is more than its own element: the directory has the identifiers of services and their
 * organisations, and a requester is the practice that sent the order, whoever in it signed. So that a search finds what a
 * Subscription with the same filter is notified of (notification/parties.ts).
 */
export function withParties(network: Network, type: string, criterion: Criterion): Criterion {
  if (type !== 'Task') return criterion;
  const { name, modifier, values } = criterion;
  const or =
    name === 'owner' && modifier === 'identifier'
      ? parts('owner', ownersBy(network, values))
      : name === 'owner' && (modifier === undefined || modifier === 'Organization')
        ? parts('owner', servicesOf(network, values, modifier))
        : name === 'requester' && modifier === 'identifier'
          ? requestersBy(network, values)
          : [];
  return or.length ? { ...criterion, or } : criterion;
}

const parts = (name: string, values: readonly string[]): readonly Criterion[] =>
  Array.from({ length: Math.ceil(values.length / maximumValues) }, (_, index) => ({
    name,
    values: values.slice(index * maximumValues, (index + 1) * maximumValues),
  }));

const servicesOf = (
  { directory }: Network,
  values: readonly string[],
  modifier: string | undefined,
): readonly string[] =>
  values
    .map((it) => (modifier && !it.includes('/') ? `${modifier}/${it}` : it))
    .flatMap((it) => (it.startsWith('Organization/') ? directory.servicesOfOrganization(it) : []))
    .map(({ reference }) => reference);

/** Services that have one of the identifiers, or whose organisation has it. */
function ownersBy({ directory }: Network, values: readonly string[]): readonly string[] {
  const organizations = new Set(organizationsBy(directory, values));
  const services = directory.services.filter(
    (it) => organizations.has(it.organization) || hasIdentifier(it.identifiers, values),
  );
  return [...organizations, ...services.map(({ reference }) => reference)];
}

const organizationsBy = ({ organizations }: Network['directory'], values: readonly string[]): readonly string[] =>
  [...organizations].filter(({ identifiers }) => hasIdentifier(identifiers, values)).map(({ reference }) => reference);

function requestersBy(network: Network, values: readonly string[]): readonly Criterion[] {
  const sources = [...network.partners.keys()].flatMap((it) =>
    hasIdentifier(recipientOf(network, it)?.identifiers ?? [], values) ? (sourceOfPartner(it) ?? []) : [],
  );
  const organizations = organizationsBy(network.directory, values);
  const organization: Criterion = {
    name: 'organization',
    modifier: 'identifier',
    values,
    or: [
      ...parts('organization', organizations),
      {
        name: 'organization',
        values: [],
        through: { type: 'Organization', criterion: { name: 'identifier', values } },
      },
    ],
  };
  return [
    ...parts('_source', sources),
    ...parts('requester', organizations),
    { name: 'requester', values: [], through: { type: 'PractitionerRole', criterion: organization } },
    { name: 'requester', values: [], through: { type: 'Organization', criterion: { name: 'identifier', values } } },
  ];
}

/** `system|value`, `|value` or `value`. A system alone selects no party: half the directory has it. */
const hasIdentifier = (identifiers: readonly Identifier[], tokens: readonly string[]): boolean =>
  tokens.some((token) => {
    const bar = token.indexOf('|');
    const [wanted, value] = bar < 0 ? [undefined, token] : [token.slice(0, bar), token.slice(bar + 1)];
    return (
      value !== '' &&
      identifiers.some((it) => it.value === value && (wanted === undefined || (it.system ?? '') === wanted))
    );
  });
