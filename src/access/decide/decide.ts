import { denials } from './denials.ts';
import type { Decision, Question } from './question.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules.ts';

/**
 * The only place that permits. A pure function of its question: who asks (`subject`), for what (`action`), of what and in
 * which relation to it (`resource`), and what it depends on besides (`context`). What no rule permits is denied.
 */
export function decide(question: Question): Decision {
  if (question.subject.type === 'nobody') return { decision: false, context: { code: 'login-missing' } };
  const found = rules.find((it) => applies(it, question));
  if (found) return { decision: true, context: { rule: found.rule, ground: found.ground, view: found.view } };
  const { name } = question.action;
  return {
    decision: false,
    context: { code: denials.find(({ actions }) => actions.includes(name))?.code ?? 'not-found' },
  };
}

function applies(it: Rule, { subject, action, resource, context }: Question): boolean {
  const { roles, domain, member, rights = [] } = subject.properties;
  return (
    (subject.type === 'person' ? it.right !== undefined && rights.includes(it.right) : it.only !== 'person') &&
    it.actions.includes(action.name) &&
    it.resources.includes(resource.type) &&
    it.relations.includes(resource.properties.relation) &&
    (it.roles === undefined || it.roles.some((role) => roles.includes(role))) &&
    (it.domains === undefined || it.domains.includes(domain)) &&
    (it.member === undefined || member) &&
    (it.isSender === undefined || roles.some((role) => context.senders?.includes(role))) &&
    (it.person === undefined || it.person === context.person) &&
    (it.task === undefined || (context.task !== undefined && it.task.includes(context.task))) &&
    (it.consent === undefined || it.consent === context.consent) &&
    (it.emergency === undefined || it.emergency === context.emergency)
  );
}
