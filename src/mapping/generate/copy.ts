import { clone } from '../../fhir/clone.ts';
import { copyDecimalText } from '../../fhir/decimal.ts';
import type { Action, Context, NumberedRule } from '../program/program.ts';
import type { Variable } from '../program/scope.ts';
import { childNode, type Node } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { hasJsonForm } from '../types/convert.ts';
import { countCode } from './element.ts';
import type { Code, GroupBuilder } from './group-builder.ts';
import { literal } from './unit.ts';

/** One element that is copied under the same name. */
export type Copy = {
  /** Its rule, and the closure for a property that deviates from its type. */
  readonly rule: NumberedRule & { readonly act: Action };
  /** The only type on both sides: the property can be copied unchanged. */
  readonly type: string | undefined;
  readonly primitive: boolean;
  readonly array: boolean;
};

/** Copies the properties that are present in the source, in its order. */
export const batchCode =
  (copies: ReadonlyMap<string, Copy>, from: Variable, to: Variable, context: Context): Code =>
  (builder) => {
    const [source, target] = [builder.value(from), builder.value(to)];
    const [key, done] = [builder.fresh('e'), builder.fresh('d')];
    const cases = [...copies].map(([name, copy]) => {
      const copied =
        copy.type === undefined
          ? ''
          : propertyCode(name, copy, copy.type, { builder, from, source, target, done, context });
      return `case ${literal(name)}: { ${copied} break; }
        case ${literal(`_${name}`)}: ${done} = ${source}[${literal(name)}] !== undefined; break;`;
    });
    const byRule = (run: Run, frame: Frame, name: string): void =>
      copies.get(name.startsWith('_') && !copies.has(name) ? name.slice(1) : name)?.rule.act(run, frame);
    return `if (typeof ${source} === "object" && ${source} !== null && ${target} !== undefined)
      for (const ${key} in ${source}) {
        let ${done} = false;
        switch (${key}) { ${cases.join('\n')} default: ${done} = true; }
        if (${done}) continue;
        ${builder.fillFrame([from, to], false)} ${builder.constant(byRule)}(run, f, ${key});
      }`;
  };

type Around = {
  readonly builder: GroupBuilder;
  readonly from: Variable;
  readonly source: string;
  readonly target: string;
  readonly done: string;
  readonly context: Context;
};

function propertyCode(name: string, { rule, primitive, array }: Copy, type: string, around: Around): string {
  const { builder, from, source, target, done, context } = around;
  const [key, value, written] = [literal(name), builder.fresh('v'), builder.fresh('w')];
  const test = `${target}[${key}] === undefined${primitive ? ` && ${source}[${literal(`_${name}`)}] === undefined` : ''}`;
  const copied = array
    ? `${builder.constant(primitive ? (hasJsonForm('', type) ? copyTexts : noCopy) : copyObjects)}(${value})`
    : primitive
      ? `${typeTest(value, type)} ? ${value} : undefined`
      : `typeof ${value} === "object" && ${value} !== null && !Array.isArray(${value}) ? ${builder.constant(clone)}(${value}) : undefined`;
  const digits = hasJsonForm(0, type)
    ? `${builder.constant(copyDecimalText)}(${source}, ${key}, ${target}, ${key});`
    : '';
  const traced = builder.traced
    ? `${builder.constant(array ? traceItems : traceOne)}(run, ${builder.constant(rule)}, ${written}, ${target}, ${key}, ${builder.node(from)}, ${value}, ${literal(type)});`
    : '';
  return `const ${value} = ${source}[${key}]; const ${written} = ${test} ? (${copied}) : undefined;
    if (${written} !== undefined) { ${target}[${key}] = ${written}; ${digits} ${done} = true; ${countCode(builder, context)} ${traced} }`;
}

const typeTest = (value: string, type: string): string =>
  `typeof ${value} === ${literal(hasJsonForm(true, type) ? 'boolean' : hasJsonForm(0, type) ? 'number' : 'string')}`;

const noCopy = (): undefined => undefined;

/** Undefined for anything but a list of objects. */
function copyObjects(list: unknown): unknown[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  for (let at = 0; at < list.length; at++) {
    const item: unknown = list[at];
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  }
  return clone(list);
}

function copyTexts(list: unknown): unknown[] | undefined {
  const texts = Array.isArray(list) && list.length > 0 && list.every((it) => typeof it === 'string');
  return texts ? [...(list as string[])] : undefined;
}

function traceOne(
  run: Run,
  { place, number }: NumberedRule,
  value: unknown,
  holder: unknown,
  key: string,
  from: Node,
  read: unknown,
  type: string,
): void {
  const source = childNode(from, key, -1, read, undefined, type);
  run.lineage!.fired[number]!++;
  run.lineage!.written.push({ value, holder, key, index: -1, rule: place, sources: [source], copied: true });
}

function traceItems(
  run: Run,
  { place, number }: NumberedRule,
  written: readonly unknown[],
  holder: unknown,
  key: string,
  from: Node,
  read: readonly unknown[],
  type: string,
): void {
  run.lineage!.fired[number]! += written.length;
  for (let index = 0; index < written.length; index++) {
    const source = childNode(from, key, index, read[index], undefined, type);
    const value = written[index];
    run.lineage!.written.push({ value, holder, key, index, rule: place, sources: [source], copied: true });
  }
}
