import type { PersonRole } from '../../directory/index.ts';
import type { Right } from './question.ts';

/** What the roles of people contain (docs/operate/login.md). Emergency access is assigned apart, never by a role. */
export const rightsOfRole: Readonly<Record<PersonRole, readonly Right[]>> = {
  professional: ['use', 'see-envelope', 'see-issues', 'see-body', 'act'],
  engineer: ['use', 'see-envelope', 'see-issues'],
  operator: ['use', 'see-envelope', 'see-issues', 'operate'],
  'privacy-officer': ['use', 'see-envelope', 'audit'],
};

/** The rights of a person with these roles, each once. */
export const rightsOf = (roles: readonly PersonRole[], hasEmergency: boolean): readonly Right[] => [
  ...new Set([...roles.flatMap((it) => rightsOfRole[it]), ...(hasEmergency ? (['break-glass'] as const) : [])]),
];
