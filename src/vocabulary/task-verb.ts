import type { Coding, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';

/** Verbs of FHIR R4 (https://hl7.org/fhir/R4/codesystem-task-code.html). */
export const taskCodeSystem = 'http://hl7.org/fhir/CodeSystem/task-code';
/** Verbs of Structured Data Capture (https://hl7.org/fhir/uv/sdc/CodeSystem-temp.html). */
export const sdcSystem = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';

/** A coding without a system is read as a verb too: senders leave it out. A code of another system is another word. */
const systems: ReadonlySet<string | undefined> = new Set([
  taskCodeSystem,
  sdcSystem,
  mgnCodeSystem('task-code'),
  undefined,
]);

/** What a Task requests of its owner: its verb in Task.code. */
export type Verb = (typeof verbs)[number];

const verbs = ['fulfill', 'request-fulfillment', 'abort', 'complete-questionnaire'] as const;

export const verbOf = ({ code }: Task): Verb | undefined =>
  verbs.find((verb) => code?.coding?.some((it) => it.code === verb && systems.has(it.system)));

export const fulfillCoding: Coding = { system: taskCodeSystem, code: 'fulfill' };
export const abortCoding: Coding = { system: taskCodeSystem, code: 'abort' };

/** The Task code with another verb, once: the codings of every code system for the earlier verb go. The use case stays. */
export function withVerb(code: Task['code'], verb: Extract<Verb, 'fulfill'>): NonNullable<Task['code']> {
  const isVerb = (it: Coding) =>
    it.code === 'request-fulfillment' || (it.system === taskCodeSystem && it.code === verb);
  return {
    ...code,
    coding: [{ system: taskCodeSystem, code: verb }, ...(code?.coding ?? []).filter((it) => !isVerb(it))],
  };
}
