import type { Elements } from '../../fhir/resource.ts';
import { type Filter, firstOf, isElements, listOf, type Part, partsOf } from './filter.ts';
import type { Exception, Node, PartNode } from './projection.ts';

/** The filter of a node, made once at start. */
export function filterOf(node: Exclude<Node, { kind: 'withheld' }>): Filter {
  if (node.kind === 'form') {
    const filter = firstOf(
      node.alternatives.map(({ form, when }): Filter => {
        if (!when) return form.filter;
        return (value, context) => (when(value, context) ? form.filter(value, context) : undefined);
      }),
    );
    return withoutExceptions(filter, node.except);
  }
  const { when, needs, needsOneOf, parts, rest, except } = node;
  const reduced = rest ? allBut(parts) : partsOf(parts.flatMap(partOf));
  const isWhole = (it: Elements): boolean =>
    needs.every((name) => it[name] !== undefined) &&
    (needsOneOf.length === 0 || needsOneOf.some((name) => it[name] !== undefined));
  const filter: Filter = (value, context) => {
    if (when && !when(value, context)) return undefined;
    const passed = reduced(value, context);
    return isElements(passed) && isWhole(passed) ? passed : undefined;
  };
  return withoutExceptions(filter, except);
}

const withoutExceptions = (filter: Filter, except: readonly Exception[]): Filter =>
  except.length === 0
    ? filter
    : (value, context) => (except.some(({ where }) => where(value, context)) ? undefined : filter(value, context));

const partOf = ({ property, array, node }: PartNode): Part[] => {
  if (node.kind === 'withheld') return [];
  const filter = filterOf(node);
  // a form may take the whole list; a value that is no list where FHIR has one does not pass
  return [[property, array ? listOf(filter) : filter]];
};

/** The same object where no part of it is withheld. */
function allBut(parts: readonly PartNode[]): Filter {
  const filters = new Map<string, Filter>();
  for (const it of parts) {
    const [part] = partOf(it);
    filters.set(it.property, part ? unchangedList(part[1]) : () => undefined);
    if (!part) filters.set(`_${it.property}`, () => undefined);
  }
  return (value, context) => {
    if (!isElements(value)) return undefined;
    let isChanged = false;
    const passed: Record<string, unknown> = {};
    for (const [name, part] of Object.entries(value)) {
      const filter = filters.get(name);
      const kept = filter ? filter(part, context) : part;
      if (kept !== part) isChanged = true;
      if (kept !== undefined) passed[name] = kept;
    }
    if (!isChanged) return value;
    // an element without content is invalid
    return Object.keys(passed).length > 0 ? passed : undefined;
  };
}

/** The same list where all of its items pass unchanged. */
const unchangedList =
  (filter: Filter): Filter =>
  (value, context) => {
    const passed = filter(value, context);
    return Array.isArray(value) &&
      Array.isArray(passed) &&
      passed.length === value.length &&
      passed.every((it, index) => it === value[index])
      ? value
      : passed;
  };
