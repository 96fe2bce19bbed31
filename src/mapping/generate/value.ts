import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import type { Direct } from './direct.ts';
import type { Form } from './form.ts';
import { literal } from './unit.ts';

/** The value of a variable, where its type is known. */
export function ofVariable(variable: Variable, { types }: Context): Direct | undefined {
  const type = variable.types?.length === 1 ? variable.types[0] : undefined;
  if (type === undefined || types.model(type)?.abstract !== false || variable.mode === 'target') return undefined;
  const value = (form: Form): string => form.value(variable);
  if (types.isPrimitive(type)) {
    return { kind: 'primitive', type, test: (form) => bare(form, variable), value, fresh: false, copied: variable };
  }
  const test = (form: Form): string => {
    const x = form.value(variable);
    return `typeof ${x} === "object" && ${x} !== null && !Array.isArray(${x})`;
  };
  return { kind: 'object', type, test, value, fresh: false, copied: variable };
}

/** Whether a primitive has no id and no extensions; empty when it can't have any. */
function bare(form: Form, variable: Variable): string {
  const { origin } = variable;
  if (origin.kind === 'same') return bare(form, origin.as);
  if (origin.kind === 'root') return '';
  if (origin.kind === 'held') return `${form.node(variable)}?.extra === undefined`;
  return origin.listed ? `${origin.listed.list} === null` : '';
}

/** Texts of operands, for transforms that put them together; undefined where one of them has to be looked for. */
export function textsOf(operands: readonly { readonly direct?: Direct | undefined }[]): readonly Direct[] | undefined {
  const direct = operands.map((it) => it.direct);
  const usable = direct.every((it) => it?.kind === 'constant' || it?.kind === 'primitive');
  return usable ? (direct as Direct[]) : undefined;
}

/** The text of each as an expression. */
export const textOf = (it: Direct, form: Form): string =>
  it.kind === 'constant' ? literal(String(it.value)) : it.value(form);

/** When all of them are texts. */
export const allTexts = (list: readonly Direct[], form: Form): string =>
  list.flatMap((it) => (it.kind === 'constant' ? [] : [`typeof ${it.value(form)} === "string"`])).join(' && ');

/** JSON as code: of data that a transform made of constants, whose names are the compiler's. */
export const fixedObject = (value: object): string => JSON.stringify(value);
