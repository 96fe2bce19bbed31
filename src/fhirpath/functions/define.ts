import { type Compiled, oneOf, single } from '../compiled.ts';
import type { FunctionDefinition } from '../context.ts';
import type { TypeName } from '../types.ts';
import { systemValue } from '../value.ts';

export type FunctionTable = Readonly<Record<string, FunctionDefinition>>;

/** A function of one value without arguments; empty for empty input. `apply` receives the System value and the function's name. */
export const ofValue = (
  result: TypeName | undefined,
  apply: (value: unknown, name: string) => unknown,
): FunctionDefinition => ({
  args: [0, 0],
  build: ({ input, name }) => mapOne(input, name, result, (value) => apply(value, name)),
});

export function mapOne(
  input: Compiled,
  name: string,
  result: TypeName | undefined,
  apply: (value: unknown) => unknown,
): Compiled {
  const one = oneOf(input, `${name}()`);
  return single(
    result,
    (self, scope) => {
      const item = one(self, scope);
      const value = item === undefined ? undefined : systemValue(item, input.type);
      return value === undefined ? undefined : apply(value);
    },
    { unordered: false },
  );
}
