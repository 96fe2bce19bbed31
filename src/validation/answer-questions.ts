/** Answers the questions of a report: from a terminology server, a person or a table. */
import { type Issue, isError, issue, type Place } from '../fhir/issue.ts';
import type { Question } from './plan/question.ts';
import type { RuleOutcome } from './plan/rule-question.ts';
import { type Report, verdictOf } from './report.ts';

/**
 * True: a code of the set. False: not. Otherwise the question stays open: `away` when the server cannot be reached now,
 * `unknown` when it does not have the value set or the code system, undefined when there is no server.
 */
export type Answer = boolean | 'away' | 'unknown' | undefined;

export type Ask = (question: Question) => Promise<Answer>;

/** Calls `ask` once per distinct question, however many reports contain it. */
export function askOnce(ask: Ask): Ask {
  const answers = new Map<string, Promise<Answer>>();
  return (question) => {
    const key = JSON.stringify([question.valueSet, question.codings]);
    const answer = answers.get(key) ?? ask(question);
    answers.set(key, answer);
    return answer;
  };
}

/** The report after calling `ask` once per distinct question; unanswered questions stay open. */
export async function answerQuestions(report: Report, ask: Ask): Promise<Report> {
  const { questions } = report;
  if (questions.length === 0) return report;
  const once = askOnce(ask);
  const answers = await Promise.all(questions.map(once));
  const openIssues = openIssuesOf(report);
  const answered = new Set<Issue>();
  const findings = new Map<string, Issue>();
  const ofRules = answeredRules(questions, answers);
  for (const { question, holds } of ofRules.values()) {
    if (holds === undefined) continue;
    const openIssue = openIssues
      .get(question.at)
      ?.find(
        ({ rule, constraint }) =>
          rule === 'invariant-undecided' && constraint === question.rule?.outcome.violation.constraint,
      );
    if (openIssue) answered.add(openIssue);
    const { line, column } = openIssue ?? {};
    const { violation } = question.rule!.outcome;
    if (!holds)
      findings.set(`${question.at} ${violation.constraint}`, {
        ...violation,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      });
  }
  const isDecided = ({ rule }: Question): boolean =>
    rule !== undefined && ofRules.get(rule.outcome)?.holds !== undefined;
  questions.forEach((question, index) => {
    const answer = answers[index];
    if (answer === undefined || isDecided(question) || (question.rule && typeof answer === 'boolean')) return;
    const openIssue = openIssues.get(question.at)?.find(({ message }) => message.includes(question.valueSet));
    if (openIssue) answered.add(openIssue);
    const found = issueOf(question, answer, openIssue);
    const key = `${question.at} ${question.valueSet}`;
    const before = findings.get(key);
    if (found && !(before && isError(before))) findings.set(key, found);
  });
  const issues = [...report.issues.filter((it) => !answered.has(it)), ...findings.values()];
  const open = questions.filter((question, index) =>
    question.rule ? !isDecided(question) : typeof answers[index] !== 'boolean',
  );
  return { verdict: verdictOf(issues, open), issues, questions: open };
}

type AnsweredRule = { readonly question: Question; readonly holds: boolean | undefined };

/** Whether each rule holds by the answers to its questions; undefined when the missing answers could change that. */
function answeredRules(questions: readonly Question[], answers: readonly Answer[]): Map<RuleOutcome, AnsweredRule> {
  const rules = new Map<RuleOutcome, { question: Question; given: Map<number, boolean> }>();
  for (const [index, question] of questions.entries()) {
    const { rule } = question;
    if (!rule) continue;
    const entry = rules.get(rule.outcome) ?? { question, given: new Map() };
    rules.set(rule.outcome, entry);
    const answer = answers[index];
    if (typeof answer === 'boolean') entry.given.set(rule.position, answer);
  }
  return new Map(
    [...rules].map(([outcome, { question, given }]) => [outcome, { question, holds: outcomeBy(outcome, given) }]),
  );
}

function outcomeBy({ holds }: RuleOutcome, given: ReadonlyMap<number, boolean>): boolean | undefined {
  const possible = holds.filter((_, answers) =>
    [...given].every(([position, answer]) => ((answers & (1 << position)) !== 0) === answer),
  );
  return possible.every((it) => it) ? true : possible.some((it) => it) ? undefined : false;
}

const openRules: ReadonlySet<string> = new Set([
  'code-system-not-loaded',
  'value-set-not-loaded',
  'invariant-undecided',
]);

/** By place, the issues that report a question as open; removed once it is answered. */
function openIssuesOf({ issues }: Report): Map<string, Issue[]> {
  const found = new Map<string, Issue[]>();
  for (const it of issues) {
    if (!openRules.has(it.rule)) continue;
    const same = found.get(it.expression ?? '');
    if (same) same.push(it);
    else found.set(it.expression ?? '', [it]);
  }
  return found;
}

function issueOf(
  { at, strength, valueSet, element, profile }: Question,
  answer: Exclude<Answer, undefined>,
  { line, column }: Place = {},
): Issue | undefined {
  const place = {
    expression: at,
    element,
    ...(profile ? { profile } : {}),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
  switch (answer) {
    case true:
      return undefined;
    case false:
      return strength === 'required'
        ? issue('binding-required', { element, valueSet, codes: '' }, place)
        : issue('binding-extensible', { element, valueSet }, place);
    case 'unknown':
      return issue('terminology-not-found', { element, valueSet }, place);
    // An open question is not an error of the message; a caller that refuses for it reports that itself.
    case 'away':
      return issue('terminology-unavailable', { element, valueSet }, { ...place, severity: 'information' });
  }
}
