/** Questions that validation left open, answered by whoever can: a terminology server, a person, a table. */
import { type Issue, isError, issue, type Place } from '../fhir/issue.ts';
import type { Report } from './index.ts';
import type { Question } from './run.ts';

/**
 * True: a code of the set. False: not. The question stays open with `away`: who knows cannot be reached now;
 * `unknown`: who was asked does not know the value set or the code system; undefined: there is nobody to ask.
 */
export type Answer = boolean | 'away' | 'unknown' | undefined;

export type Ask = (question: Question) => Promise<Answer>;

/** Asks each different question once, however many reports it stands in. */
export function askOnce(ask: Ask): Ask {
  const asked = new Map<string, Promise<Answer>>();
  return (question) => {
    const key = JSON.stringify([question.valueSet, question.codings]);
    const known = asked.get(key) ?? ask(question);
    asked.set(key, known);
    return known;
  };
}

/** The report with its questions asked, each different one once; what is not answered stays open. */
export async function answerQuestions(report: Report, ask: Ask): Promise<Report> {
  const { questions } = report;
  if (questions.length === 0) return report;
  const once = askOnce(ask);
  const answers = await Promise.all(questions.map(once));
  const openings = openingsOf(report);
  const answered = new Set<Issue>();
  const findings = new Map<string, Issue>();
  questions.forEach((question, index) => {
    const answer = answers[index];
    if (answer === undefined) return;
    const opening = openings.get(question.at)?.find(({ message }) => message.includes(question.valueSet));
    if (opening) answered.add(opening);
    const found = finding(question, answer, opening);
    const key = `${question.at} ${question.valueSet}`;
    const before = findings.get(key);
    if (found && !(before && isError(before))) findings.set(key, found);
  });
  const issues = [...report.issues.filter((it) => !answered.has(it)), ...findings.values()];
  const open = questions.filter((_, index) => typeof answers[index] !== 'boolean');
  const undecided = open.some(({ strength }) => strength === 'required');
  return { verdict: issues.some(isError) ? 'invalid' : undecided ? 'undecided' : 'valid', issues, questions: open };
}

/** By place, the information that a question is open: it goes when the question is answered. */
function openingsOf({ issues }: Report): Map<string, Issue[]> {
  const found = new Map<string, Issue[]>();
  for (const it of issues) {
    if (it.rule !== 'code-system-not-loaded' && it.rule !== 'value-set-not-loaded') continue;
    const same = found.get(it.expression ?? '');
    if (same) same.push(it);
    else found.set(it.expression ?? '', [it]);
  }
  return found;
}

function finding(
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
    // An open question is no error of the message: who refuses for it says so.
    case 'away':
      return issue('terminology-unavailable', { element, valueSet }, { ...place, severity: 'information' });
  }
}
