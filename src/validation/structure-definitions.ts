/** A StructureDefinition as an instance: that its differential can be applied to its base. */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { generateSnapshot, withSnapshot } from '../definitions/snapshot.ts';
import { choiceOf } from './builders.ts';
import { equals, type Obj } from './equal.ts';
import { type Run, report } from './run.ts';

export function checkDefinition(value: Obj, run: Run): void {
  const definition = value as unknown as StructureDefinition;
  const elements: unknown = definition.differential?.element;
  if (definition.derivation !== 'constraint' || !Array.isArray(elements)) return;
  const { definitions } = run.knowledge;
  if (typeof definition.baseDefinition !== 'string') return;
  const base = definitions.find('StructureDefinition', definition.baseDefinition);
  if (!base) return;
  try {
    const made = generateSnapshot(definitions, definition);
    const fixed = new Map(withSnapshot(definitions, base).snapshot?.element?.map((it) => [it.id, fixedOf(it)]));
    for (const element of made) {
      const before = fixed.get(element.id);
      if (before !== undefined && !equals(before, fixedOf(element)))
        report(run, 'definition-invalid', { problem: `${element.id} has another fixed value than its base` });
    }
  } catch (error) {
    report(run, 'definition-invalid', { problem: (error as Error).message });
  }
}

const fixedOf = (element: ElementDefinition): unknown => choiceOf(element, 'fixed')?.value;
