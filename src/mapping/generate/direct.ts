import type { Variable } from '../program/scope.ts';
import type { Form } from './form.ts';
/** A value that generated code makes itself. */
export type Direct =
  | { readonly kind: 'constant'; readonly type: string; readonly value: string | number | boolean }
  | {
      readonly kind: 'object' | 'primitive';
      readonly type: string;
      /** When it can be so made; empty for always. */
      readonly test: (form: Form) => string;
      readonly value: (form: Form) => string;
      /** Made anew each time: it need not be copied. */
      readonly fresh: boolean;
      /** The same each time, as far as its content goes. */
      readonly fixed?: boolean;
      /** It is the value of a variable. */
      readonly copied?: Variable;
    };
