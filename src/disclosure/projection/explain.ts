import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Elements, Resource } from '../../fhir/resource.ts';
import { filterOf } from './apply.ts';
import { type FilterContext, isElements, type Permissions } from './filter.ts';
import type { Line, MessageProjection, Node, PartNode } from './projection.ts';

/** What became of one element of a resource, and the line that decided; absent where no line allows its type. */
export type Explained = {
  /** With indexes and without values: `Task.input[0].type`. */
  readonly path: string;
  /** `reduced`: a part of the value goes out. */
  readonly outcome: 'out' | 'reduced' | 'withheld';
  readonly line?: Line;
  readonly why: string;
};

/** Line by line what goes out of a resource and what is withheld. Never contains a value of it. */
export function explainResource(
  { types }: MessageProjection,
  resource: Resource,
  permissions: Permissions,
): readonly Explained[] {
  const { resourceType } = resource;
  const type = types.get(resourceType);
  if (!type) return [{ path: resourceType, outcome: 'withheld', why: 'No line allows this type of resource.' }];
  const context = { permissions, resource };
  if (type.only && !type.only.condition(resource, context))
    return [{ path: resourceType, outcome: 'withheld', why: `Only if ${type.only.words}.` }];
  if (!type.node) return [{ path: `${resourceType}.*`, outcome: 'out', why: type.why }];
  const { resourceType: _, ...elements } = resource as unknown as Elements;
  return explainParts(type.node, elements, resourceType, context);
}

type Parts = Extract<Node, { kind: 'parts' }>;

function explainParts({ parts, rest }: Parts, value: Elements, path: string, context: FilterContext): Explained[] {
  return Object.entries(value).flatMap(([name, item]): Explained[] => {
    const part = parts.find(({ property }) => property === name);
    if (part) return explainPart(part, item, `${path}.${name}`, context);
    if (rest) return [{ path: `${path}.${name}`, outcome: 'out', line: rest, why: rest.why }];
    return [
      { path: `${path}.${name}`, outcome: 'withheld', why: 'Beside a value of a primitive, or no element of R4.' },
    ];
  });
}

function explainPart({ array, node }: PartNode, value: unknown, path: string, context: FilterContext): Explained[] {
  if (array && Array.isArray(value))
    return value.flatMap((it, index) => explainValue(node, it, `${path}[${index}]`, context));
  return explainValue(node, value, path, context);
}

function explainValue(node: Node, value: unknown, path: string, context: FilterContext): Explained[] {
  if (node.kind === 'withheld') return [{ path, outcome: 'withheld', line: node.line, why: node.line.why }];
  const exception = node.except.find(({ where }) => where(value, context));
  if (exception) return [{ path, outcome: 'withheld', line: exception.line, why: exception.line.why }];
  const passed = filterOf(node)(value, context);
  if (node.kind === 'form') {
    const used = node.alternatives.find(
      ({ form, when }) => (!when || when(value, context)) && form.filter(value, context) !== undefined,
    );
    const { line, form } = used ?? node.alternatives[0]!;
    if (!used)
      return [
        { path, outcome: 'withheld', line, why: `Not ${form.words}${line.when ? `, or not: ${line.when}` : ''}.` },
      ];
    const isSame = canonicalJson(passed) === canonicalJson(value);
    return [
      { path, outcome: isSame ? 'out' : 'reduced', line, why: isSame ? line.why : `Only ${form.words}. ${line.why}` },
    ];
  }
  if (passed !== undefined && isElements(value)) return explainParts(node, value, path, context);
  const { line } = node;
  const needs = [...node.needs, ...node.needsOneOf].join(', ');
  const why =
    node.when && !node.when(value, context)
      ? `Not: ${line?.when}.`
      : needs
        ? `Needs ${needs}.`
        : 'Nothing of it may go out.';
  return [{ path, outcome: 'withheld', ...(line ? { line } : {}), why }];
}
