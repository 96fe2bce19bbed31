import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { insert } from '../run/lists.ts';
import { mostElements, tooManyElements } from '../run/run.ts';
import type { Step } from '../types/step.ts';
import type { Code, Form } from './form.ts';
import { literal } from './unit.ts';

/** Counts an element that is made: a run has so many of them and no more. */
export const counted = (form: Form, { place }: Context): string =>
  `if (++run.made > ${mostElements}) ${form.constant(tooManyElements)}(run, ${form.constant(place)});`;

type Place = { readonly value: string; readonly holder: string; readonly key: string; readonly index: string };

/** Writes down for lineage what was put where; what was copied from the message has its source there. */
export function recorded(
  form: Form,
  { place }: Context,
  { value, holder, key, index }: Place,
  sources: readonly Variable[],
  copied?: Variable,
): string {
  const around = `[${sources.map((it) => form.node(it)).join(', ')}]`;
  const origin = copied && originOf(copied).kind;
  const node = copied && origin !== 'root' ? form.node(copied) : undefined;
  const isCopy = node === undefined ? 'false' : origin === 'child' ? 'true' : `${node}.parent !== undefined`;
  const from = node === undefined ? around : origin === 'child' ? `[${node}]` : `${isCopy} ? [${node}] : ${around}`;
  return `run.lineage.written.push({ value: ${value}, holder: ${holder}, key: ${literal(key)}, index: ${index}, rule: ${form.constant(place)}, sources: ${from}, copied: ${isCopy} });`;
}

const originOf = ({ origin }: Variable): Variable['origin'] => (origin.kind === 'same' ? originOf(origin.as) : origin);

type Made = {
  readonly holder: Variable;
  readonly step: Step;
  readonly type: string;
  readonly declared: Variable;
  readonly sources: readonly Variable[];
  /** `create('X')` is told as the rule's own act; an element on the way to others is not. */
  readonly told: boolean;
  readonly context: Context;
};

/** `tgt.element as v`: an empty element, or the one that stands there when it does not repeat. */
export function making(it: Made): Code | undefined {
  const { holder, step, type, declared, context, told, sources } = it;
  const { types } = context;
  const known = holder.types?.every((owner) => !types.isPrimitive(owner)) === true && step.types !== undefined;
  if (!known || step.choice || step.array === undefined || types.isPrimitive(type) || types.logical(type))
    return undefined;
  const resource = types.model(type)?.kind === 'resource' ? literal(type) : undefined;
  const { key, array } = step;
  const index = array ? `i${declared.slot}` : '-1';
  declared.origin = { kind: 'child', parent: holder, key, index, type };
  return (form) => {
    const [target, value, quoted] = [form.value(holder), form.hoist(form.value(declared)), literal(key)];
    const empty = resource === undefined ? '{}' : `{ resourceType: ${resource} }`;
    const made = `${value} = ${empty}; run.created.push(${value}, ${target}, ${quoted});`;
    const list = form.fresh('l');
    const put = array
      ? `${made} const ${list} = ${target}[${quoted}];
         if (${list} === undefined) { ${target}[${quoted}] = [${value}]; ${form.hoist(index)} = 0; }
         else if (Array.isArray(${list}) && run.pinned.size === 0) ${form.hoist(index)} = ${list}.push(${value}) - 1;
         else ${form.hoist(index)} = ${form.constant(insert)}(run, ${target}, ${quoted}, ${value});`
      : `${value} = ${target}[${quoted}];
         if (typeof ${value} !== "object" || ${value} === null || ${value}.resourceType !== ${resource ?? 'undefined'}) {
           ${made} ${target}[${quoted}] = ${value};
         }`;
    const node = form.declared(declared);
    const record = form.traced && told ? recorded(form, context, { value, holder: target, key, index }, sources) : '';
    return `if (${target} !== undefined) { ${counted(form, context)} ${put}
      ${node === '' ? '' : `${form.hoist(`n${declared.slot}`)} = ${node};`} ${record} }`;
  };
}
