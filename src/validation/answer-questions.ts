/** Answers the questions of a report: from a terminology server, a person or a table. */
import { type Issue, isError, issue, type Place } from '../fhir/issue.ts';
import type { Question } from './plan/question.ts';
import type { Report } from './report.ts';

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
  questions.forEach((question, index) => {
    const answer = answers[index];
    if (answer === undefined) return;
    const openIssue = openIssues.get(question.at)?.find(({ message }) => message.includes(question.valueSet));
    if (openIssue) answered.add(openIssue);
    const found = issueOf(question, answer, openIssue);
    const key = `${question.at} ${question.valueSet}`;
    const before = findings.get(key);
    if (found && !(before && isError(before))) findings.set(key, found);
  });
  const issues = [...report.issues.filter((it) => !answered.has(it)), ...findings.values()];
  const open = questions.filter((_, index) => typeof answers[index] !== 'boolean');
  const undecided = open.some(({ strength }) => strength === 'required');
  return { verdict: issues.some(isError) ? 'invalid' : undecided ? 'undecided' : 'valid', issues, questions: open };
}

/** By place, the issues that report a question as open; removed once it is answered. */
function openIssuesOf({ issues }: Report): Map<string, Issue[]> {
  const found = new Map<string, Issue[]>();
  for (const it of issues) {
    if (it.rule !== 'code-system-not-loaded' && it.rule !== 'value-set-not-loaded') continue;
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
