import type { Action, Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { elementReader, typeOfValue } from '../run/element-reader.ts';
import type { Node } from '../run/node.ts';
import { countSteps, type Frame, type Run } from '../run/run.ts';
import type { Step } from '../types/step.ts';
import type { GroupBuilder } from './group-builder.ts';
import { literal } from './unit.ts';

/** A source that a closure reads: list modes, defaults, cardinalities, choices, longer paths. */
export function nodeLoopCode(
  builder: GroupBuilder,
  each: (run: Run, frame: Frame, act: Action) => void,
  reads: readonly Variable[],
  { slot }: Variable,
  then: string,
): string {
  return `${builder.fillFrame(reads, true)} ${builder.constant(each)}(run, f, () => {
    const n${slot} = f[${slot}]; const x${slot} = n${slot}.value; ${then}
  });`;
}

/** The conditions of a source, as generated code needs them. */
type Conditions = {
  /** Statements that run `then` when the value of the variable passes. */
  readonly code: (builder: GroupBuilder, then: string) => string;
  /** Whether the node of the variable must exist before the conditions run. */
  readonly needsNode: (builder: GroupBuilder) => boolean;
};

type SourceParts = {
  readonly base: Variable;
  readonly variable: Variable;
  readonly filters: Conditions;
  /** The type that the source requires. */
  readonly required: string | undefined;
  readonly context: Context;
};

type SourceCode = (builder: GroupBuilder, then: string) => string;

/** `src where ...`: the variable itself. */
export function variableSource({ base, variable, filters, required, context }: SourceParts): SourceCode | undefined {
  const { types } = context;
  const fits = required === undefined || base.types?.every((type) => types.isA(type, required)) === true;
  const complex = base.types?.every((type) => !types.isPrimitive(type)) === true;
  // A primitive of the target may receive its value later.
  if (!fits || (base.mode === 'target' && !complex)) return undefined;
  variable.origin = { kind: 'same', as: base };
  return (builder, then) => {
    const inner = filters.code(builder, then);
    return `if (${complex ? builder.value(base) : builder.node(base)} !== undefined) { ${inner} }`;
  };
}

/**
 * `src.element ...` with a single JSON property: the fast path of nearly every rule. A property that deviates from its type
 * (a list where a single value belongs, a primitive with extensions) is read as nodes, which represent all of it.
 */
export function elementSource(
  { base, variable, filters, required, context }: SourceParts,
  step: Step,
): SourceCode | undefined {
  const { types } = context;
  const declared =
    step.types?.length === 1 && step.types[0] !== 'Resource' && step.types[0] !== 'DomainResource'
      ? step.types[0]
      : undefined;
  if (step.choice || step.array === undefined || !base.types || base.types.some(types.isPrimitive)) return undefined;
  const { key, array } = step;
  const sidecar = step.types?.length !== 1 || types.isPrimitive(step.types[0]!);
  const read = elementReader(base.types, step, types).all;
  const model = required === undefined ? undefined : types.model(required);
  const resource = model?.kind === 'resource' && !model.abstract && declared === undefined;
  const fits = required === undefined || (declared !== undefined && types.isA(declared, required));
  const nodesOf = (node: Node): Node[] => {
    const found: Node[] = [];
    read(node, found);
    return found;
  };
  const isRequiredType = (type: string | undefined): boolean => type !== undefined && types.isA(type, required!);
  const { slot } = variable;
  const [all, listed, index] = [`a${slot}`, `s${slot}`, `i${slot}`];
  variable.origin = {
    kind: 'child',
    parent: base,
    key,
    index: array ? index : '-1',
    type: declared,
    listed: { list: listed, at: index },
  };
  return (builder, then) => {
    const x = builder.value(variable);
    const needsNode = filters.needsNode(builder);
    const declare = (): string => {
      const node = builder.nodeDeclaration(variable);
      return node === '' ? '' : `const n${slot} = ${node};`;
    };
    const filtered = filters.code(builder, needsNode ? then : `${declare()} ${then}`);
    const nodeCode = needsNode ? declare() : '';
    const type = `(${listed} === null ? ${builder.constant(typeOfValue)}(${x}) : ${listed}[${index}].type)`;
    const test = fits
      ? ''
      : resource
        ? `${x}?.resourceType === ${literal(required!)}`
        : `${builder.constant(isRequiredType)}(${type})`;
    const inner = test === '' ? `${nodeCode} ${filtered}` : `if (${test}) { ${nodeCode} ${filtered} }`;
    const holder = builder.value(base);
    const extra = sidecar ? `${holder}[${literal(`_${key}`)}]` : 'undefined';
    const count = `${builder.constant(countSteps)}(run, c${slot}, ${builder.constant(context.place)});`;
    const usual = array ? `Array.isArray(${all})` : `!Array.isArray(${all}) && ${all} !== null && ${all} !== undefined`;
    return `if (typeof ${holder} === "object" && ${holder} !== null) {
      const ${all} = ${holder}[${literal(key)}]; const e${slot} = ${extra};
      if (${all} !== undefined || e${slot} !== undefined) {
        const ${listed} = ${usual} && e${slot} === undefined ? null : ${builder.constant(nodesOf)}(${builder.inlineNode(base)});
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
