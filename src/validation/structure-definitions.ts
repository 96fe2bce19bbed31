/** A StructureDefinition as an instance: that its differential can be applied to its base. */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { generateSnapshot } from '../definitions/snapshot.ts';
import type { Obj } from './equal.ts';
import { type Run, report } from './run.ts';

export function checkDefinition(value: Obj, run: Run): void {
  const definition = value as unknown as StructureDefinition;
  const elements: unknown = definition.differential?.element;
  if (definition.derivation !== 'constraint' || !Array.isArray(elements)) return;
  const { definitions } = run.knowledge;
  if (
    typeof definition.baseDefinition !== 'string' ||
    !definitions.find('StructureDefinition', definition.baseDefinition)
  )
    return;
  try {
    const made = generateSnapshot(definitions, definition);
    const url = made.find(({ path }) => path === 'Extension.url')?.fixedUri;
    if (definition.type === 'Extension' && url !== undefined && url !== definition.url)
      report(run, 'definition-wrong', { problem: 'Extension.url is fixed to another url than its own' });
  } catch (error) {
    report(run, 'definition-wrong', { problem: (error as Error).message });
  }
}
