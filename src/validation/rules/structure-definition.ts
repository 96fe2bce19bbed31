/**
 * A StructureDefinition as a message: its differential must apply to its base
 * (https://hl7.org/fhir/R4/profiling.html#snapshot).
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { generateSnapshot, withSnapshot } from '../../definitions/snapshot.ts';
import type { Run } from '../plan/plan.ts';
import { report } from '../run/report.ts';
import { type ChoiceValue, choiceValue, isSameChoice } from '../values/choice-value.ts';
import type { JsonObject } from '../values/object.ts';

export function checkDefinition(value: JsonObject, run: Run): void {
  const definition = value as unknown as StructureDefinition;
  const elements: unknown = definition.differential?.element;
  if (definition.derivation === 'specialization' || !Array.isArray(elements)) return;
  const { definitions } = run.context;
  if (typeof definition.baseDefinition !== 'string') return;
  const base = definitions.find('StructureDefinition', definition.baseDefinition);
  if (!base || (definition.derivation === undefined && base.type !== definition.type)) return;
  try {
    const snapshot = generateSnapshot(definitions, definition);
    const fixed = new Map(withSnapshot(definitions, base).snapshot?.element?.map((it) => [it.id, fixedOf(it)]));
    for (const element of snapshot) {
      const before = fixed.get(element.id);
      if (before !== undefined && !isSameChoice(fixedOf(element), before))
        report(run, 'definition-invalid', { problem: `${element.id} fixes a different value from its base` });
    }
  } catch (error) {
    report(run, 'definition-invalid', { problem: (error as Error).message });
  }
}

const fixedOf = (element: ElementDefinition): ChoiceValue | undefined => choiceValue(element, 'fixed');
