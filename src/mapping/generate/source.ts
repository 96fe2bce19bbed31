import type { Act, Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import type { Node } from '../run/node.ts';
import { reader, typeOfValue } from '../run/read.ts';
import { countSteps, type Frame, type Run } from '../run/run.ts';
import type { Step } from '../types/step.ts';
import type { Form } from './form.ts';
import { literal } from './unit.ts';

/** What a source gives, by a function of the compiler: list modes, defaults, cardinalities, choices, longer paths. */
export function eachNode(
  form: Form,
  each: (run: Run, frame: Frame, act: Act) => void,
  reads: readonly Variable[],
  { slot }: Variable,
  then: string,
): string {
  return `${form.filled(reads, true)} ${form.constant(each)}(run, f, () => {
    const n${slot} = f[${slot}]; const x${slot} = n${slot}.value; ${then}
  });`;
}

/** The conditions of a source, as generated code needs them. */
type Conditions = {
  /** Statements that run `then` when the value of the variable passes. */
  readonly code: (form: Form, then: string) => string;
  /** Whether the node of the variable must exist before the conditions run. */
  readonly early: (form: Form) => boolean;
};

type Made = {
  readonly base: Variable;
  readonly variable: Variable;
  readonly filters: Conditions;
  /** The type that the source asks for. */
  readonly wanted: string | undefined;
  readonly context: Context;
};

type SourceCode = (form: Form, then: string) => string;

/** `src where ...`: the variable itself. */
export function sameVariable({ base, variable, filters, wanted, context }: Made): SourceCode | undefined {
  const { types } = context;
  const fits = wanted === undefined || base.types?.every((type) => types.isA(type, wanted)) === true;
  const complex = base.types?.every((type) => !types.isPrimitive(type)) === true;
  // A primitive of the target may get its value later.
  if (!fits || (base.mode === 'target' && !complex)) return undefined;
  variable.origin = { kind: 'same', as: base };
  return (form, then) => {
    const inner = filters.code(form, then);
    return `if (${complex ? form.value(base) : form.node(base)} !== undefined) { ${inner} }`;
  };
}

/**
 * `src.element ...`, where one JSON property holds it: the way that nearly every rule goes. A property that is not as its
 * type has it (a list where one should be, a primitive with extensions) is gone through as nodes, which tell all of it.
 */
export function ofElement({ base, variable, filters, wanted, context }: Made, step: Step): SourceCode | undefined {
  const { types } = context;
  const told =
    step.types?.length === 1 && step.types[0] !== 'Resource' && step.types[0] !== 'DomainResource'
      ? step.types[0]
      : undefined;
  if (step.choice || step.array === undefined || !base.types || base.types.some(types.isPrimitive)) return undefined;
  const { key, array } = step;
  const sidecar = step.types?.length !== 1 || types.isPrimitive(step.types[0]!);
  const read = reader(base.types, step, types).all;
  const model = wanted === undefined ? undefined : types.model(wanted);
  const resource = model?.kind === 'resource' && !model.abstract && told === undefined;
  const fits = wanted === undefined || (told !== undefined && types.isA(told, wanted));
  const nodesOf = (node: Node): Node[] => {
    const found: Node[] = [];
    read(node, found);
    return found;
  };
  const isWanted = (type: string | undefined): boolean => type !== undefined && types.isA(type, wanted!);
  const { slot } = variable;
  const [all, listed, index] = [`a${slot}`, `s${slot}`, `i${slot}`];
  variable.origin = {
    kind: 'child',
    parent: base,
    key,
    index: array ? index : '-1',
    type: told,
    listed: { list: listed, at: index },
  };
  return (form, then) => {
    const x = form.value(variable);
    const early = filters.early(form);
    const declare = (): string => {
      const node = form.declared(variable);
      return node === '' ? '' : `const n${slot} = ${node};`;
    };
    const filtered = filters.code(form, early ? then : `${declare()} ${then}`);
    const declared = early ? declare() : '';
    const type = `(${listed} === null ? ${form.constant(typeOfValue)}(${x}) : ${listed}[${index}].type)`;
    const test = fits
      ? ''
      : resource
        ? `${x}?.resourceType === ${literal(wanted!)}`
        : `${form.constant(isWanted)}(${type})`;
    const inner = test === '' ? `${declared} ${filtered}` : `if (${test}) { ${declared} ${filtered} }`;
    const holder = form.value(base);
    const extra = sidecar ? `${holder}[${literal(`_${key}`)}]` : 'undefined';
    const count = `${form.constant(countSteps)}(run, c${slot}, ${form.constant(context.place)});`;
    const usual = array ? `Array.isArray(${all})` : `!Array.isArray(${all}) && ${all} !== null && ${all} !== undefined`;
    return `if (typeof ${holder} === "object" && ${holder} !== null) {
      const ${all} = ${holder}[${literal(key)}]; const e${slot} = ${extra};
      if (${all} !== undefined || e${slot} !== undefined) {
        const ${listed} = ${usual} && e${slot} === undefined ? null : ${form.constant(nodesOf)}(${form.seldom(base)});
        const c${slot} = ${listed} === null ? ${array ? `${all}.length` : '1'} : ${listed}.length;
        ${array ? count : `if (${listed} !== null) ${count}`}
        for (let ${index} = 0; ${index} < c${slot}; ${index}++) {
          const ${x} = ${listed} === null ? ${array ? `${all}[${index}]` : all} : ${listed}[${index}].value;
          ${array ? `if (${listed} === null && (${x} === null || ${x} === undefined)) continue;` : ''}
          ${inner}
        }
      }
    }`;
  };
}
