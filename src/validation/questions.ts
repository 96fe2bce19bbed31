/** Questions that validation left open, answered by whoever can: a terminology server, a person, a table. */
import { type Issue, isError, issue } from '../fhir/issue.ts';
import type { Report } from './index.ts';
import type { Question } from './run.ts';

/** True: a code of the set. False: not. Undefined: not answered, the question stays open. */
export type Ask = (question: Question) => Promise<boolean | undefined>;

/** The report with its questions asked, each different one once; what is not answered stays open. */
export async function answerQuestions(report: Report, ask: Ask): Promise<Report> {
  const asked = new Map<string, Promise<boolean | undefined>>();
  const answerOf = (question: Question): Promise<boolean | undefined> => {
    const key = JSON.stringify([question.valueSet, question.codings]);
    const known = asked.get(key) ?? ask(question);
    asked.set(key, known);
    return known;
  };
  const answers = await Promise.all(
    report.questions.map(async (question) => [question, await answerOf(question)] as const),
  );
  const open = answers.filter(([, answer]) => answer === undefined).map(([question]) => question);
  const wrong = answers.filter(([, answer]) => answer === false).map(([question]) => finding(question));
  const stillOpen = new Set(open.map(({ at, valueSet }) => `${at} ${valueSet}`));
  const answered = new Set(
    report.questions.map(({ at, valueSet }) => `${at} ${valueSet}`).filter((key) => !stillOpen.has(key)),
  );
  const kept = report.issues.filter((it) => !isAbout(it, answered, report.questions));
  const issues = [...kept, ...wrong];
  const undecided = open.some(({ strength }) => strength === 'required');
  return { verdict: issues.some(isError) ? 'invalid' : undecided ? 'undecided' : 'valid', issues, questions: open };
}

/** The information that a question was open goes when it is answered. */
const isAbout = (it: Issue, answered: ReadonlySet<string>, questions: readonly Question[]): boolean =>
  (it.rule === 'binding-undecided' || it.rule === 'value-set-unknown') &&
  questions.some(
    ({ at, valueSet }) => at === it.expression && it.message.includes(valueSet) && answered.has(`${at} ${valueSet}`),
  );

function finding({ at, strength, valueSet, element, profile }: Question): Issue {
  const place = { expression: at, element, ...(profile ? { profile } : {}) };
  return strength === 'required'
    ? issue('binding-required', { element, valueSet, codes: '' }, place)
    : issue('binding-extensible', { element, valueSet }, place);
}
