/**
 * Maps as StructureMap resources: written as R4 (https://hl7.org/fhir/R4/structuremap.html), read as R4 or R5.
 * Features without an R4 element: a constant is the cross-version extension of R5's StructureMap.const; a group argument
 * that is not a variable is written among the variables in its FML form.
 */

import type {
  ConceptMap,
  Extension,
  StructureMap,
  StructureMapGroup,
  StructureMapGroupRule,
  StructureMapGroupRuleSource,
  StructureMapGroupRuleTarget,
  StructureMapGroupRuleTargetParameter,
} from '@medplum/fhirtypes';
import { setDecimalText } from '../../fhir/decimal.ts';
import { typeModel } from '../../fhir/model.ts';
import { literalValue } from '../syntax/literal.ts';
import type { Argument, Group, Literal, MapFile, Metadata, Rule, Source, Target } from '../syntax/tree.ts';
import { conceptMapOf } from './structure-map-concepts.ts';

export { fromStructureMap } from './structure-map-reader.ts';

export const constantExtension = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-StructureMap.const';

export function toStructureMap(map: MapFile): StructureMap {
  const contained: ConceptMap[] = map.conceptMaps.map(conceptMapOf);
  const constants = map.constants.map(
    ({ name, expression }): Extension => ({
      url: constantExtension,
      extension: [
        { url: 'name', valueId: name },
        { url: 'value', valueString: expression.text },
      ],
    }),
  );
  const metadata = metadataOf(map.metadata);
  return {
    resourceType: 'StructureMap',
    ...(contained.length > 0 ? { contained } : {}),
    ...(constants.length > 0 ? { extension: constants } : {}),
    ...metadata,
    url: map.url,
    name: map.name,
    status: (metadata.status as StructureMap['status'] | undefined) ?? 'draft',
    ...(map.structures.length > 0
      ? {
          structure: map.structures.map(({ url, mode, alias, comments }) => ({
            url,
            mode,
            ...(alias ? { alias } : {}),
            ...documented(comments),
          })),
        }
      : {}),
    ...(map.imports.length > 0 ? { import: map.imports.map(({ url }) => url) } : {}),
    group: map.groups.map(groupOf),
  };
}

const documented = (comments: readonly string[]): { documentation?: string } => {
  const text = comments.filter(Boolean).join('\n');
  return text ? { documentation: text } : {};
};

/** `/// a.b = value` lines as elements; a repeated name adds a repetition of a repeating element. */
function metadataOf(lines: readonly Metadata[]): Record<string, unknown> {
  const elements: Record<string, unknown> = {};
  for (const { path, value } of lines) {
    let [holder, type]: [Record<string, unknown>, string | undefined] = [elements, 'StructureMap'];
    for (const [at, name] of path.entries()) {
      const property: { element: { array: boolean }; type: string } | undefined =
        type === undefined ? undefined : typeModel(type)?.properties.get(name);
      const last = at === path.length - 1;
      type = property?.type;
      if (last && value !== undefined) {
        const standing = Object.hasOwn(holder, name) ? holder[name] : undefined;
        if (!property?.element.array) holder[name] = value;
        else if (Array.isArray(standing)) standing.push(value);
        else holder[name] = [value];
      } else holder = inner(holder, name, property?.element.array === true, last);
    }
  }
  return JSON.parse(JSON.stringify(elements, (key, member) => (key !== '' && isBare(member) ? undefined : member)));
}

const isBare = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

function inner(holder: Record<string, unknown>, name: string, array: boolean, fresh: boolean): Record<string, unknown> {
  const standing = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (array) {
    const list = Array.isArray(standing) ? standing : [];
    holder[name] = list;
    if (fresh || list.length === 0) list.push({});
    return list.at(-1);
  }
  if (typeof standing !== 'object' || standing === null) holder[name] = {};
  return holder[name] as Record<string, unknown>;
}

function groupOf({ name, extends: parent, typeMode, parameters, rules, comments }: Group): StructureMapGroup {
  return {
    name,
    ...(parent ? { extends: parent } : {}),
    typeMode: typeMode === undefined ? 'none' : typeMode === 'types' ? 'types' : 'type-and-types',
    ...documented(comments),
    input: parameters.map(({ name, type, mode }) => ({ name, ...(type ? { type } : {}), mode })),
    ...(rules.length > 0 ? { rule: rules.map(ruleOf) } : {}),
  } as StructureMapGroup;
}

function ruleOf(rule: Rule, index: number): StructureMapGroupRule {
  const { name, sources, targets, identity, dependents, rules, comments } = rule;
  return {
    name: name ?? (targets[0]?.path.join('-') || sources[0]?.path.join('-') || `rule-${index + 1}`),
    source: sources.map((source) => (identity ? { ...sourceOf(source), variable: 'vvv' } : sourceOf(source))),
    ...(targets.length > 0
      ? {
          target: targets.map((target) =>
            identity ? { ...targetOf(target), variable: 'vvv', transform: 'create' as const } : targetOf(target),
          ),
        }
      : {}),
    ...(rules.length > 0 ? { rule: rules.map(ruleOf) } : {}),
    ...(dependents.length > 0
      ? { dependent: dependents.map((it) => ({ name: it.group, variable: it.arguments.map(argumentText) })) }
      : {}),
    ...documented(comments),
  };
}

const listModes = {
  not_first: 'not_first',
  not_last: 'not_last',
  only_one: 'only_one',
  first: 'first',
  last: 'last',
} as const;

function sourceOf({
  context,
  path,
  type,
  min,
  max,
  default: fallback,
  listMode,
  variable,
  where,
  check,
  log,
}: Source): StructureMapGroupRuleSource {
  return {
    context,
    ...(min === undefined ? {} : { min, max: String(max ?? '*') }),
    ...(type ? { type } : {}),
    ...(fallback ? { defaultValueString: fallback.text } : {}),
    ...(path.length > 0 ? { element: path.join('.') } : {}),
    ...(listMode ? { listMode: listModes[listMode] } : {}),
    ...(variable ? { variable } : {}),
    ...(where ? { condition: where.text } : {}),
    ...(check ? { check: check.text } : {}),
    ...(log ? { logMessage: log.text } : {}),
  };
}

function targetOf({ context, path, variable, listMode, listRule, transform }: Target): StructureMapGroupRuleTarget {
  return {
    ...(context === undefined ? {} : { context, contextType: 'variable' as const }),
    ...(path.length > 0 ? { element: path.join('.') } : {}),
    ...(variable ? { variable } : {}),
    // R5's `single` is `collate` in R4.
    ...(listMode ? { listMode: [listMode === 'single' ? ('collate' as const) : listMode] } : {}),
    ...(listRule ? { listRuleId: listRule } : {}),
    ...(transform ? transformOf(transform) : {}),
  };
}

type Transformed = Pick<StructureMapGroupRuleTarget, 'transform' | 'parameter'>;

function transformOf(transform: NonNullable<Target['transform']>): Transformed {
  switch (transform.kind) {
    case 'literal':
      return { transform: 'copy', parameter: [literalOf(transform)] };
    case 'copy':
      if (transform.path.length === 0) return { transform: 'copy', parameter: [{ valueId: transform.variable }] };
      return {
        transform: 'evaluate',
        parameter: [{ valueString: `%${[transform.variable, ...transform.path].join('.')}` }],
      };
    case 'expression':
      return { transform: 'evaluate', parameter: [{ valueString: transform.expression.text }] };
    case 'call': {
      const parameter = transform.arguments.map(parameterOf);
      return {
        transform: transform.name as NonNullable<Transformed['transform']>,
        ...(parameter.length > 0 ? { parameter } : {}),
      };
    }
  }
}

function parameterOf(argument: Argument): StructureMapGroupRuleTargetParameter {
  if (argument.kind === 'literal') return literalOf(argument);
  return argument.kind === 'variable' ? { valueId: argument.name } : { valueString: argument.expression.text };
}

function literalOf(literal: { readonly value: Literal; readonly text: string }): StructureMapGroupRuleTargetParameter {
  const { type, value, text } = literalValue(literal);
  if (typeof value === 'string') return { valueString: value };
  if (typeof value === 'boolean') return { valueBoolean: value };
  if (type === 'integer') return { valueInteger: value };
  const parameter = { valueDecimal: value };
  if (text !== undefined) setDecimalText(parameter, 'valueDecimal', text);
  return parameter;
}

const argumentText = (argument: Argument): string => {
  if (argument.kind === 'literal') return argument.text;
  return argument.kind === 'variable' ? argument.name : argument.expression.text;
};
