import type { Variable } from '../program/scope.ts';
import type { GroupBuilder } from './group-builder.ts';
/** A value that generated code computes without a closure. */
export type DirectValue =
  | { readonly kind: 'constant'; readonly type: string; readonly value: string | number | boolean }
  | {
      readonly kind: 'object' | 'primitive';
      readonly type: string;
      /** The test that the code applies; empty when it always does. */
      readonly test: (builder: GroupBuilder) => string;
      readonly value: (builder: GroupBuilder) => string;
      /** Created for each use: it need not be copied. */
      readonly fresh: boolean;
      /** Equal content each time. */
      readonly fixed?: boolean;
      /** The variable whose value it is. */
      readonly copied?: Variable;
    };
