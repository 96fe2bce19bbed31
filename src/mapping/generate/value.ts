import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import type { DirectValue } from './direct.ts';
import type { GroupBuilder } from './group-builder.ts';
import { literal } from './unit.ts';

/** The value of a variable with a known type. */
export function variableValue(variable: Variable, { types }: Context): DirectValue | undefined {
  const type = variable.types?.length === 1 ? variable.types[0] : undefined;
  if (type === undefined || types.model(type)?.abstract !== false || variable.mode === 'target') return undefined;
  const value = (builder: GroupBuilder): string => builder.value(variable);
  if (types.isPrimitive(type)) {
    return {
      kind: 'primitive',
      type,
      test: (builder) => bare(builder, variable),
      value,
      fresh: false,
      copied: variable,
    };
  }
  const test = (builder: GroupBuilder): string => {
    const x = builder.value(variable);
    return `typeof ${x} === "object" && ${x} !== null && !Array.isArray(${x})`;
  };
  return { kind: 'object', type, test, value, fresh: false, copied: variable };
}

/** The test that a primitive has no id or extensions; empty when it cannot have any. */
function bare(builder: GroupBuilder, variable: Variable): string {
  const { origin } = variable;
  if (origin.kind === 'same') return bare(builder, origin.as);
  if (origin.kind === 'root') return '';
  if (origin.kind === 'existing') return `${builder.node(variable)}?.extra === undefined`;
  return origin.listed ? `${origin.listed.list} === null` : '';
}

/** Operands as direct values, for transforms that concatenate them; undefined when one must be evaluated by a closure. */
export function directTexts(
  operands: readonly { readonly direct?: DirectValue | undefined }[],
): readonly DirectValue[] | undefined {
  const direct = operands.map((it) => it.direct);
  const usable = direct.every((it) => it?.kind === 'constant' || it?.kind === 'primitive');
  return usable ? (direct as DirectValue[]) : undefined;
}

/** The text of a direct value as code. */
export const textCode = (it: DirectValue, builder: GroupBuilder): string =>
  it.kind === 'constant' ? literal(String(it.value)) : it.value(builder);

/** The test that all of them are strings. */
export const allTextsTest = (list: readonly DirectValue[], builder: GroupBuilder): string =>
  list.flatMap((it) => (it.kind === 'constant' ? [] : [`typeof ${it.value(builder)} === "string"`])).join(' && ');

/** An object literal of constants; its property names are those of a transform, never of a map. */
export const objectLiteral = (value: object): string => JSON.stringify(value);
