/** Stands in until the own compiler lands within the hour: @medplum/core's evaluator behind our signatures. */
import { evalFhirPathTyped, parseFhirPath, type TypedValue } from '@medplum/core';
import type { CompileOptions, Environment } from './environment.ts';
import { FhirPathSyntaxError } from './error.ts';

export function interim(expression: string, options: CompileOptions) {
  let atom: ReturnType<typeof parseFhirPath>;
  try {
    atom = parseFhirPath(expression);
  } catch (problem) {
    throw new FhirPathSyntaxError(String((problem as Error).message), { line: 1, column: 1 });
  }
  const toTyped = (value: unknown): TypedValue => ({
    type: (value as { resourceType?: string } | null)?.resourceType ?? options.type ?? typeof value,
    value,
  });
  return (focus: unknown, environment: Environment = {}): TypedValue[] => {
    const variables: Record<string, TypedValue> = { '%resource': toTyped(environment.resource ?? focus) };
    for (const [name, value] of Object.entries(environment.variables ?? {})) variables[`%${name}`] = toTyped(value);
    return evalFhirPathTyped(atom, [toTyped(focus)], variables);
  };
}
