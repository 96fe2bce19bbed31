import { clone } from '../../fhir/clone.ts';
import { upperFirst } from '../../fhir/model.ts';
import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { insert } from '../run/lists.ts';
import { alreadyIs, convertPrimitive, isText } from '../types/convert.ts';
import { typeIn } from '../types/fit.ts';
import type { Step } from '../types/step.ts';
import type { Direct } from './direct.ts';
import { counted, recorded } from './element.ts';
import type { Code, Form } from './form.ts';
import { literal } from './unit.ts';

type Put = {
  readonly holder: Variable;
  readonly step: Step;
  readonly direct: Direct;
  readonly declared: Variable | undefined;
  /** Remembers what the rule wrote last, where a second value would be lost. */
  readonly memory: Variable | undefined;
  readonly sources: readonly Variable[];
  readonly context: Context;
  /** Does it whatever the value is. */
  readonly otherwise: Code;
};

/** `tgt.element = value`, where the types of both are known; undefined where only the writer can tell. */
export function putting(put: Put): Code | undefined {
  const { holder, step, direct, declared, context } = put;
  const { types } = context;
  const type = typeIn(step.types, direct.type, types);
  const known = holder.types?.every((it) => !types.isPrimitive(it)) === true && step.types !== undefined;
  if (!known || step.array === undefined || typeof type !== 'string' || types.logical(type)) return undefined;
  if (direct.kind === 'object' ? types.isPrimitive(type) : !types.isPrimitive(type)) return undefined;
  if (step.choice && direct.kind !== 'constant' && !direct.fresh) return undefined;
  const key = step.choice ? step.name + upperFirst(type) : step.key;
  const value = direct.kind === 'constant' ? constantAs(direct.value, type) : valueAs(direct, type);
  if (!value) return undefined;
  const index = declared && step.array ? `i${declared.slot}` : undefined;
  if (declared) declared.origin = { kind: 'child', parent: holder, key, index: index ?? '-1', type };
  return (form) => code(put, form, { key, value, index, primitive: types.isPrimitive(type) });
}

type Value = { readonly test: (form: Form) => string; readonly text: (form: Form) => string };

/** A literal as the type has it, worked out now. */
function constantAs(value: string | number | boolean, type: string): Value | undefined {
  const made = alreadyIs(value, type) ? value : convertPrimitive(value, type);
  const usable = typeof made === 'string' || typeof made === 'number' || typeof made === 'boolean';
  return usable ? { test: () => '', text: () => literal(made) } : undefined;
}

function valueAs(direct: Exclude<Direct, { kind: 'constant' }>, type: string): Value | undefined {
  if (direct.kind === 'object') {
    const text = (form: Form): string =>
      direct.fresh ? direct.value(form) : `${form.constant(clone)}(${direct.value(form)})`;
    return { test: direct.test, text };
  }
  // Numbers have their digits beside them, and other texts have a form: they go through the writer.
  const sameForm = direct.type === type || (isText(direct.type) && isText(type));
  if (!sameForm || !(alreadyIs('', type) || alreadyIs(true, type))) return undefined;
  const form = alreadyIs(true, type) ? 'boolean' : 'string';
  return {
    test: (it) =>
      [direct.test(it), `typeof ${direct.value(it)} === "${form}"`].filter((part) => part !== '').join(' && '),
    text: direct.value,
  };
}

type Known = {
  readonly key: string;
  readonly value: Value;
  readonly index: string | undefined;
  readonly primitive: boolean;
};

function code(put: Put, form: Form, { key, value, index, primitive }: Known): string {
  const { holder, step, direct, declared, memory, sources, context, otherwise } = put;
  const target = form.value(holder);
  const [made, at] = [
    declared ? form.hoist(form.value(declared)) : form.fresh('v'),
    index ? form.hoist(index) : undefined,
  ];
  const given = direct.kind === 'constant' ? '' : direct.value(form);
  const remembers = memory !== undefined && direct.kind !== 'constant' && !direct.fixed;
  const fresh = direct.kind !== 'constant' && direct.fresh;
  const [lastHolder, last] = remembers ? [form.hoist(`h${memory.slot}`), form.hoist(`m${memory.slot}`)] : ['', ''];
  const copied = direct.kind === 'constant' ? undefined : direct.copied;
  const place = at ?? form.fresh('i');
  const quoted = literal(key);
  const simple = primitive ? ` && ${target}[${literal(`_${key}`)}] === undefined` : '';
  const list = form.fresh('l');
  const write = step.array
    ? `const ${list} = ${target}[${quoted}];
       if (${list} === undefined${simple}) { ${target}[${quoted}] = [${made}]; ${place} = 0; }
       else if (Array.isArray(${list}) && run.pinned.size === 0${simple}) ${place} = ${list}.push(${made}) - 1;
       else ${place} = ${form.constant(insert)}(run, ${target}, ${quoted}, ${made});`
    : `${target}[${quoted}] = ${made};`;
  const node = declared ? form.declared(declared) : '';
  const statements = [
    direct.kind === 'object' ? counted(form, context) : '',
    declared ? `${made} = ${value.text(form)};` : `const ${made} = ${value.text(form)};`,
    step.array && !at ? `let ${place};` : '',
    write,
    node === '' ? '' : `${form.hoist(`n${declared!.slot}`)} = ${node};`,
    remembers ? `${lastHolder} = ${target}; ${last} = ${fresh ? made : given};` : '',
    form.traced
      ? recorded(form, context, { value: made, holder: target, key, index: step.array ? place : '-1' }, sources, copied)
      : '',
  ].join(' ');
  const tests = [
    value.test(form),
    remembers ? `!(${lastHolder} === ${target}${fresh ? '' : ` && ${last} !== ${given}`})` : '',
  ];
  const test = tests.filter((it) => it !== '').join(' && ');
  if (test === '') return `if (${target} !== undefined) { ${statements} }`;
  const slot = memory?.slot;
  const before = remembers
    ? `f[${slot}] = ${lastHolder} === undefined ? undefined : { value: ${last}, parent: { value: ${lastHolder} } };`
    : '';
  const after = remembers
    ? `if (f[${slot}] !== undefined) { ${lastHolder} = f[${slot}].parent.value; ${last} = f[${slot}].value; }`
    : '';
  return `if (${target} !== undefined) { if (${test}) { ${statements} } else { ${before} ${otherwise(form)} ${after} } }`;
}
