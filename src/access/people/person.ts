import type { Partner, PeopleSettings, PersonRole } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { type Right, rightsOf } from '../decide/index.ts';
import type { Emergency, SessionContent } from './session-content.ts';

/** Somebody who is logged in, for a partner. */
export type Person = {
  /** As the provider names the person (`sub`). */
  readonly id: string;
  readonly name?: string;
  readonly roles: readonly PersonRole[];
  readonly rights: readonly Right[];
  /** Level of assurance (`acr`), as the provider stated it. */
  readonly assurance?: string;
  /** Emergency access that the person began and that has not ended. */
  readonly emergencies: readonly Emergency[];
};

/** Issuer of a session of a demo person. No issuer of OpenID Connect has this form. */
export const demoIssuer = 'demo';

export type WhoContext = {
  readonly people: PeopleSettings | undefined;
  readonly partners: ReadonlyMap<string, Partner>;
  /** Whether partners reach the gateway on loopback only. */
  readonly isDemo: boolean;
};

type Known = { readonly partner: Partner; readonly person: Person };

/**
 * Who a session is of, by the configuration in force: a role or an organisation that was removed is gone at the next request.
 * Issues: `login-person-unknown`, `login-assurance-insufficient`, `login-organization-ambiguous`.
 */
export function whoIs({ people, partners, isDemo }: WhoContext, it: SessionContent, now: Date): Result<Known> {
  if (!people) return failure(issue('login-person-unknown', {}));
  if (it.issuer === demoIssuer) {
    const demo = isDemo && !people.provider ? people.demoPersons.find(({ id }) => id === it.subject) : undefined;
    const partner = partners.get(demo?.partner ?? '');
    return demo && partner
      ? success({ partner, person: personOf(it, demo.roles, demo.emergency, now) })
      : failure(issue('login-person-unknown', {}));
  }
  if (it.issuer !== people.provider?.issuer) return failure(issue('login-person-unknown', {}));
  const assigned = people.roles.filter(({ claim }) => it.roles.includes(claim));
  const { assurance: levels } = people.provider;
  const level = levels.indexOf(it.assurance ?? '');
  const granted = assigned.filter(({ minimum }) => minimum === undefined || level >= levels.indexOf(minimum));
  if (assigned.length > 0 && granted.length === 0)
    return failure(issue('login-assurance-insufficient', { found: level < 0 ? '-' : levels[level]! }));
  const ids = [
    ...new Set(people.organizations.flatMap(({ claim, partner }) => (it.organizations.includes(claim) ? partner : []))),
  ];
  if (granted.length === 0 || ids.length === 0) return failure(issue('login-person-unknown', {}));
  const chosen = ids.length === 1 ? ids[0] : ids.find((id) => id === it.partner);
  if (chosen === undefined) return failure(issue('login-organization-ambiguous', { partners: ids.join(', ') }));
  const partner = partners.get(chosen);
  if (!partner) return failure(issue('login-person-unknown', {}));
  const roles = [...new Set(granted.map(({ role }) => role))];
  return success({
    partner,
    person: personOf(
      it,
      roles,
      granted.some(({ emergency }) => emergency),
      now,
    ),
  });
}

const personOf = (
  { subject, name, assurance, emergencies }: SessionContent,
  roles: readonly PersonRole[],
  hasEmergency: boolean,
  now: Date,
): Person => ({
  id: subject,
  ...(name === undefined ? {} : { name }),
  roles,
  rights: rightsOf(roles, hasEmergency),
  ...(assurance === undefined ? {} : { assurance }),
  emergencies: emergencies.filter(({ until }) => until > now.getTime()),
});
