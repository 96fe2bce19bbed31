import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { insert } from '../run/lists.ts';
import { maxElements, tooManyElements } from '../run/run.ts';
import type { Step } from '../types/step.ts';
import type { Code, GroupBuilder } from './group-builder.ts';
import { literal } from './unit.ts';

/** Counts a created element against the limit of a run. */
export const countCode = (builder: GroupBuilder, { place }: Context): string =>
  `if (++run.elementCount > ${maxElements}) ${builder.constant(tooManyElements)}(run, ${builder.constant(place)});`;

type Place = { readonly value: string; readonly holder: string; readonly key: string; readonly index: string };

/** Records a write for lineage; a value copied from the message has its own node as its source. */
export function lineageCode(
  builder: GroupBuilder,
  { place }: Context,
  { value, holder, key, index }: Place,
  sources: readonly Variable[],
  copied?: Variable,
): string {
  const around = `[${sources.map((it) => builder.node(it)).join(', ')}]`;
  const origin = copied && originOf(copied).kind;
  const node = copied && origin !== 'root' ? builder.node(copied) : undefined;
  const isCopy = node === undefined ? 'false' : origin === 'child' ? 'true' : `${node}.parent !== undefined`;
  const from = node === undefined ? around : origin === 'child' ? `[${node}]` : `${isCopy} ? [${node}] : ${around}`;
  return `run.lineage.written.push({ value: ${value}, holder: ${holder}, key: ${literal(key)}, index: ${index}, rule: ${builder.constant(place)}, sources: ${from}, copied: ${isCopy} });`;
}

const originOf = ({ origin }: Variable): Variable['origin'] => (origin.kind === 'same' ? originOf(origin.as) : origin);

type EmptyElement = {
  readonly holder: Variable;
  readonly step: Step;
  readonly type: string;
  readonly declared: Variable;
  readonly sources: readonly Variable[];
  /** `create('X')` is recorded as a write of the rule; an element that only contains others is not. */
  readonly recorded: boolean;
  readonly context: Context;
};

/** `tgt.element as v`: a new empty element, or the existing one when it does not repeat. */
export function emptyElementCode(it: EmptyElement): Code | undefined {
  const { holder, step, type, declared, context, recorded, sources } = it;
  const { types } = context;
  const fixedTypes = holder.types?.every((owner) => !types.isPrimitive(owner)) === true && step.types !== undefined;
  if (!fixedTypes || step.choice || step.array === undefined || types.isPrimitive(type) || types.logical(type))
    return undefined;
  const resource = types.model(type)?.kind === 'resource' ? literal(type) : undefined;
  const { key, array } = step;
  const index = array ? `i${declared.slot}` : '-1';
  declared.origin = { kind: 'child', parent: holder, key, index, type };
  return (builder) => {
    const [target, value, quoted] = [builder.value(holder), builder.hoist(builder.value(declared)), literal(key)];
    const empty = resource === undefined ? '{}' : `{ resourceType: ${resource} }`;
    const creation = `${value} = ${empty}; run.created.push(${value}, ${target}, ${quoted});`;
    const list = builder.fresh('l');
    const put = array
      ? `${creation} const ${list} = ${target}[${quoted}];
         if (${list} === undefined) { ${target}[${quoted}] = [${value}]; ${builder.hoist(index)} = 0; }
         else if (Array.isArray(${list}) && run.pinned.size === 0) ${builder.hoist(index)} = ${list}.push(${value}) - 1;
         else ${builder.hoist(index)} = ${builder.constant(insert)}(run, ${target}, ${quoted}, ${value});`
      : `${value} = ${target}[${quoted}];
         if (typeof ${value} !== "object" || ${value} === null || ${value}.resourceType !== ${resource ?? 'undefined'}) {
           ${creation} ${target}[${quoted}] = ${value};
         }`;
    const node = builder.nodeDeclaration(declared);
    const record =
      builder.traced && recorded ? lineageCode(builder, context, { value, holder: target, key, index }, sources) : '';
    return `if (${target} !== undefined) { ${countCode(builder, context)} ${put}
      ${node === '' ? '' : `${builder.hoist(`n${declared.slot}`)} = ${node};`} ${record} }`;
  };
}
