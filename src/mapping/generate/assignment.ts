import { clone } from '../../fhir/clone.ts';
import { upperFirst } from '../../fhir/model.ts';
import type { Context } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { insert } from '../run/lists.ts';
import { acceptedType } from '../types/accepted-type.ts';
import { convertPrimitive, hasJsonForm, isTextType } from '../types/convert.ts';
import type { Step } from '../types/step.ts';
import type { DirectValue } from './direct.ts';
import { countCode, lineageCode } from './element.ts';
import type { Code, GroupBuilder } from './group-builder.ts';
import { literal } from './unit.ts';

type Assignment = {
  readonly holder: Variable;
  readonly step: Step;
  readonly direct: DirectValue;
  readonly declared: Variable | undefined;
  /** Stores the last value that the rule wrote, where a second value would overwrite it. */
  readonly memory: Variable | undefined;
  readonly sources: readonly Variable[];
  readonly context: Context;
  /** The closure for any other value. */
  readonly otherwise: Code;
};

/** `tgt.element = value` where both types are known; undefined where the writer must decide at run time. */
export function assignmentCode(put: Assignment): Code | undefined {
  const { holder, step, direct, declared, context } = put;
  const { types } = context;
  const type = acceptedType(step.types, direct.type, types);
  const typesKnown = holder.types?.every((it) => !types.isPrimitive(it)) === true && step.types !== undefined;
  if (!typesKnown || step.array === undefined || typeof type !== 'string' || types.logical(type)) return undefined;
  if (direct.kind === 'object' ? types.isPrimitive(type) : !types.isPrimitive(type)) return undefined;
  if (step.choice && direct.kind !== 'constant' && !direct.fresh) return undefined;
  const key = step.choice ? step.name + upperFirst(type) : step.key;
  const value = direct.kind === 'constant' ? constantAs(direct.value, type) : valueAs(direct, type);
  if (!value) return undefined;
  const index = declared && step.array ? `i${declared.slot}` : undefined;
  if (declared) declared.origin = { kind: 'child', parent: holder, key, index: index ?? '-1', type };
  return (builder) => code(put, builder, { key, value, index, primitive: types.isPrimitive(type) });
}

type ValueCode = { readonly test: (builder: GroupBuilder) => string; readonly text: (builder: GroupBuilder) => string };

/** A literal converted to the type when the map is compiled. */
function constantAs(value: string | number | boolean, type: string): ValueCode | undefined {
  const written = hasJsonForm(value, type) ? value : convertPrimitive(value, type);
  const usable = typeof written === 'string' || typeof written === 'number' || typeof written === 'boolean';
  return usable ? { test: () => '', text: () => literal(written) } : undefined;
}

function valueAs(direct: Exclude<DirectValue, { kind: 'constant' }>, type: string): ValueCode | undefined {
  if (direct.kind === 'object') {
    const text = (builder: GroupBuilder): string =>
      direct.fresh ? direct.value(builder) : `${builder.constant(clone)}(${direct.value(builder)})`;
    return { test: direct.test, text };
  }
  // Numbers carry their decimal text, and other string types have a fixed format: the writer handles them.
  const sameForm = direct.type === type || (isTextType(direct.type) && isTextType(type));
  if (!sameForm || !(hasJsonForm('', type) || hasJsonForm(true, type))) return undefined;
  const jsType = hasJsonForm(true, type) ? 'boolean' : 'string';
  return {
    test: (it) =>
      [direct.test(it), `typeof ${direct.value(it)} === "${jsType}"`].filter((part) => part !== '').join(' && '),
    text: direct.value,
  };
}

type AssignedProperty = {
  readonly key: string;
  readonly value: ValueCode;
  readonly index: string | undefined;
  readonly primitive: boolean;
};

function code(put: Assignment, builder: GroupBuilder, { key, value, index, primitive }: AssignedProperty): string {
  const { holder, step, direct, declared, memory, sources, context, otherwise } = put;
  const target = builder.value(holder);
  const [written, at] = [
    declared ? builder.hoist(builder.value(declared)) : builder.fresh('v'),
    index ? builder.hoist(index) : undefined,
  ];
  const valueCode = direct.kind === 'constant' ? '' : direct.value(builder);
  const remembers = memory !== undefined && direct.kind !== 'constant' && !direct.fixed;
  const fresh = direct.kind !== 'constant' && direct.fresh;
  const [lastHolder, last] = remembers
    ? [builder.hoist(`h${memory.slot}`), builder.hoist(`m${memory.slot}`)]
    : ['', ''];
  const copied = direct.kind === 'constant' ? undefined : direct.copied;
  const place = at ?? builder.fresh('i');
  const quoted = literal(key);
  const simple = primitive ? ` && ${target}[${literal(`_${key}`)}] === undefined` : '';
  const list = builder.fresh('l');
  const write = step.array
    ? `const ${list} = ${target}[${quoted}];
       if (${list} === undefined${simple}) { ${target}[${quoted}] = [${written}]; ${place} = 0; }
       else if (Array.isArray(${list}) && run.pinned.size === 0${simple}) ${place} = ${list}.push(${written}) - 1;
       else ${place} = ${builder.constant(insert)}(run, ${target}, ${quoted}, ${written});`
    : `${target}[${quoted}] = ${written};`;
  const node = declared ? builder.nodeDeclaration(declared) : '';
  const statements = [
    direct.kind === 'object' ? countCode(builder, context) : '',
    declared ? `${written} = ${value.text(builder)};` : `const ${written} = ${value.text(builder)};`,
    step.array && !at ? `let ${place};` : '',
    write,
    node === '' ? '' : `${builder.hoist(`n${declared!.slot}`)} = ${node};`,
    remembers ? `${lastHolder} = ${target}; ${last} = ${fresh ? written : valueCode};` : '',
    builder.traced
      ? lineageCode(
          builder,
          context,
          { value: written, holder: target, key, index: step.array ? place : '-1' },
          sources,
          copied,
        )
      : '',
  ].join(' ');
  const tests = [
    value.test(builder),
    remembers ? `!(${lastHolder} === ${target}${fresh ? '' : ` && ${last} !== ${valueCode}`})` : '',
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
  return `if (${target} !== undefined) { if (${test}) { ${statements} } else { ${before} ${otherwise(builder)} ${after} } }`;
}
