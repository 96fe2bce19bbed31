import { setImmediate } from 'node:timers/promises';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { Result } from '../../fhir/result.ts';
import type { Bilingual } from '../../routing/index.ts';

/** One step that a message went, as it is told to people and kept with the message. */
export type Step = {
  readonly step: string;
  readonly refused: boolean;
  readonly issues: readonly Issue[];
  /** What the step found, without content of the message. */
  readonly says?: Bilingual;
};

/** A sequence of steps in which `yield* step(...)` gives the value of a step that went well; a refusal ends it. */
export type Pipeline<T> = AsyncGenerator<Step, T, void>;

export function* step<T>(name: string, result: Result<T>, tell?: (value: T) => Bilingual): Generator<Step, T, void> {
  const says = result.ok ? tell?.(result.value) : undefined;
  yield { step: name, refused: !result.ok, issues: result.issues, ...(says ? { says } : {}) };
  if (!result.ok) throw new Error(`the way went on after ${name} refused`);
  return result.value;
}

/** After this time (ms) other requests have their turn between two steps: a large message takes a second in all. */
const longAtOnce = 25;

export type PipelineOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly steps: readonly Step[]; readonly fault?: unknown };

/**
 * Walks until the end or the first refusal. A fault of the gateway itself ends the way too, as a refusal that
 * names the step after which it happened; the fault goes to the operator, never to the sender.
 */
export async function run<T>(way: Pipeline<T>): Promise<PipelineOutcome<T>> {
  const steps: Step[] = [];
  let since = performance.now();
  try {
    for (let next = await way.next(); ; next = await way.next()) {
      if (next.done) return { ok: true, value: next.value, steps };
      steps.push(next.value);
      if (next.value.refused) return { ok: false, steps };
      if (performance.now() - since > longAtOnce) {
        await setImmediate();
        since = performance.now();
      }
    }
  } catch (fault) {
    const after = steps.at(-1)?.step ?? 'receive';
    steps.push({ step: `after ${after}`, refused: true, issues: [issue('internal', { step: `after ${after}` })] });
    return { ok: false, steps, fault };
  }
}

export const issuesOf = (steps: readonly Step[]): Issue[] => steps.flatMap(({ issues }) => issues);

/** What goes out is the gateway's own: a warning there is the gateway's to mend, not the sender's. */
export const isOutgoing = (step: string): boolean => step.startsWith('validate outgoing');
