import type { Issue } from '../../fhir/issue.ts';
import type { Result } from '../../fhir/result.ts';
import type { Bilingual } from '../../routing/index.ts';
import { issueOfFault } from '../../store/store-fault.ts';
import { yieldToOthers } from '../../turns.ts';

/** A step in words; the step that recognises the message has its form as well. */
export type Said = Bilingual & { readonly form?: { readonly id: string; readonly kind: string } };

/** One step of a message, as shown to people and stored with the message. */
export type Step = {
  readonly step: string;
  readonly refused: boolean;
  readonly issues: readonly Issue[];
  /** Result of the step in words, without content of the message. */
  readonly says?: Bilingual;
  readonly form?: Said['form'];
};

/** A sequence of steps. `yield* step(...)` returns the value of a successful step; a refusal ends the sequence. */
export type Pipeline<T> = AsyncGenerator<Step, T, void>;

/** Yields the step and returns its value. Throws when the run continues after a refusal. */
export function* step<T>(name: string, result: Result<T>, describe?: (value: T) => Said): Generator<Step, T, void> {
  const said = result.ok ? describe?.(result.value) : undefined;
  const shown = said && { says: { en: said.en, nl: said.nl }, ...(said.form ? { form: said.form } : {}) };
  yield { step: name, refused: !result.ok, issues: result.issues, ...shown };
  if (!result.ok) throw new Error(`the pipeline continued after step ${name} refused`);
  return result.value;
}

export type PipelineOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly steps: readonly Step[]; readonly fault?: unknown };

/**
 * Runs the steps until the end or the first refusal. A fault of the gateway itself, or of its store, ends the run as a
 * refusal with the name of the last step; the fault is reported to the operator, never to the sender. Other requests have
 * their turn between two steps: a large message takes a second in all.
 */
export async function run<T>(pipeline: Pipeline<T>): Promise<PipelineOutcome<T>> {
  const steps: Step[] = [];
  const yieldIfDue = yieldToOthers();
  try {
    for (let next = await pipeline.next(); ; next = await pipeline.next()) {
      if (next.done) return { ok: true, value: next.value, steps };
      steps.push(next.value);
      if (next.value.refused) return { ok: false, steps };
      await yieldIfDue();
    }
  } catch (fault) {
    const at = `after ${steps.at(-1)?.step ?? 'receive'}`;
    steps.push({ step: at, refused: true, issues: [issueOfFault(fault, at)] });
    return { ok: false, steps, fault };
  }
}

export const issuesOf = (steps: readonly Step[]): Issue[] => steps.flatMap(({ issues }) => issues);

/** Warnings about an outgoing message concern the gateway, which creates it, and not the sender. */
export const isOutgoing = (step: string): boolean => step.startsWith('validate outgoing');
