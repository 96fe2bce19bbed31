import type { Network, Partner } from '../../directory/index.ts';
import { decide } from './decide.ts';
import type { ActionName, Context, Decision, Relation, ResourceKind, Right, Subject } from './question.ts';

/** A partner, or one of its people who is logged in. */
type Asking = Partner & { readonly person?: { readonly id: string; readonly rights: readonly Right[] } };

/** A partner, or one of its people, as the subject of a question. */
export const subjectOf = ({ directory }: Pick<Network, 'directory'>, partner: Asking): Subject => ({
  type: partner.person ? 'person' : 'partner',
  id: partner.person?.id ?? partner.id,
  properties: {
    roles: partner.roles,
    domain: partner.domain === 'social' ? 'social' : 'care',
    member: directory.organization(partner.organization)?.member === true,
    ...(partner.person ? { rights: partner.person.rights } : {}),
  },
});

/** The same in one line: may this partner do this to what it is so related to? */
export const mayPartner = (
  network: Pick<Network, 'directory'>,
  partner: Asking,
  name: ActionName,
  [type, relation]: readonly [ResourceKind, Relation],
  context: Context = {},
): Decision =>
  decide({
    subject: subjectOf(network, partner),
    action: { name },
    resource: { type, properties: { relation } },
    context,
  });

/** A right to read does not depend on who its holder is, but on the ground on which it was given. */
const holder: Subject = { type: 'partner', id: '', properties: { roles: [], domain: 'none', member: false } };

/** Whether a right to read a journey continues, on one ground of its holder. */
export const mayHold = (relation: Relation, context: Context = {}): boolean =>
  decide({
    subject: holder,
    action: { name: 'hold' },
    resource: { type: 'record', properties: { relation } },
    context,
  }).decision;
