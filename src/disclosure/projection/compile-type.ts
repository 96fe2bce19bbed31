import { canonicalBase } from '../../fhir/canonical.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { type ElementModel, isA, type TypeModel, typeModel } from '../../fhir/model.ts';
import { nearestName } from '../../fhir/nearest-name.ts';
import { type Condition, conditions } from './conditions.ts';
import { namesOf } from './file.ts';
import { type Form, formNames, formOf, formsFitting } from './forms.ts';
import type { Exception, Line, Node, PartNode } from './projection.ts';

/** Lines that hold for every resource, and for every element within one, unless a type has its own. */
export type Everywhere = { readonly resource: ReadonlyMap<string, Line>; readonly element: ReadonlyMap<string, Line> };

export type TypeToCompile = {
  readonly type: string;
  readonly lines: readonly Line[];
  readonly everywhere: Everywhere;
  /** The file, and where the type stands in it. */
  readonly at: Pick<Line, 'file' | 'place'>;
  /** Code systems of the network; absent where they are not to be checked. */
  readonly systems?: ReadonlySet<string>;
};

type Parts = Extract<Node, { kind: 'parts' }>;

/**
 * What the lines of a type decide on each of its elements. Every element must be allowed or withheld by a line, and
 * every line must decide on something.
 */
export function compileType(it: TypeToCompile): { readonly node: Parts; readonly issues: readonly Issue[] } {
  const c: Compilation = { ...it, byPath: new Map(), used: new Set(), issues: [] };
  for (const line of it.lines)
    for (const path of [...namesOf(line.allow), ...namesOf(line.withhold)]) add(c, path, line);
  const rest = c.byPath.get('*')?.[0];
  if (rest) {
    c.used.add('*');
    if (rest.as !== 'whole') reportForm(c, rest, '*', it.type);
  }
  const node: Parts = {
    kind: 'parts',
    needs: [],
    needsOneOf: [],
    parts: partsOf(c, { type: it.type, prefix: '', above: it.at, rest }),
    ...(rest ? { rest } : {}),
    except: [],
  };
  for (const [path, [line]] of c.byPath)
    if (line && !c.used.has(path))
      c.issues.push(issue('projection-line-unreachable', { file: line.file, path: `${it.type}.${path}` }, line.place));
  return { node, issues: c.issues };
}

/** One compilation in progress. */
type Compilation = TypeToCompile & {
  readonly byPath: Map<string, readonly Line[]>;
  readonly used: Set<string>;
  readonly issues: Issue[];
};
type Within = {
  readonly type: string;
  readonly prefix: string;
  readonly above: Pick<Line, 'file' | 'place'>;
  readonly rest: Line | undefined;
};

function add(c: Compilation, path: string, line: Line): void {
  const { file, place } = line;
  if (!exists(c, path, line)) return;
  const lines = c.byPath.get(path) ?? [];
  const same = lines.some(
    (it) => it.withhold === undefined && line.withhold === undefined && it.as === line.as && it.when === line.when,
  );
  const isContrary = lines.some((it) => isFlat(it) !== isFlat(line) && (isFlat(it) || isFlat(line)));
  const isRepeated = lines.length > 0 && isFlat(line) && lines.some(isFlat);
  if (same || isContrary || isRepeated)
    c.issues.push(issue('config-duplicate', { file, path: c.type, name: path }, place));
  c.byPath.set(path, [...lines, line]);
}

/** Whether R4 has such an element. */
function exists(c: Compilation, path: string, line: Line): boolean {
  if (path === '*') return line.allow !== undefined;
  let type: string | undefined = c.type;
  for (const segment of path.split('.')) {
    const model: TypeModel | undefined = type === undefined ? undefined : typeModel(type);
    const name = segment.replace(/^_/, '');
    const element = name.endsWith('[x]') ? model?.elements.get(name.slice(0, -3)) : undefined;
    const property: { readonly type: string } | undefined = model?.properties.get(name);
    if (!(element?.choice || property)) {
      const known = [...(model?.properties.keys() ?? [])];
      const nearest = nearestName(name, known) ?? known.slice(0, 6).join(', ');
      c.issues.push(
        issue('projection-path-unknown', { file: line.file, path: `${c.type}.${path}`, nearest }, line.place),
      );
      return false;
    }
    type = property?.type;
  }
  return true;
}

function partsOf(c: Compilation, within: Within): PartNode[] {
  const { type, prefix } = within;
  const found: { part: PartNode; order: number }[] = [];
  for (const element of typeModel(type)?.elements.values() ?? [])
    for (const of of element.types) {
      const property = element.choice ? `${element.name}${upper(of)}` : element.name;
      const node = nodeOf(c, { ...within, element, of, property });
      if (!node) continue;
      found.push({
        part: { property, array: element.array, node },
        order: orderOf(c, `${prefix}${property}`, node),
      });
    }
  return found.sort((one, other) => one.order - other.order).map(({ part }) => part);
}

type Here = Within & { readonly element: ElementModel; readonly of: string; readonly property: string };

function nodeOf(c: Compilation, { element, of, property, prefix, above, rest }: Here): Node | undefined {
  const path = `${prefix}${property}`;
  const lines = linesAt(c, path, element.choice ? `${prefix}${element.name}[x]` : undefined);
  const flat = lines.find(isFlat);
  if (flat) return { kind: 'withheld', line: flat };
  const allowing = lines.filter(({ allow }) => allow !== undefined);
  const except = lines.flatMap((line): Exception[] => {
    const where = line.where === undefined ? undefined : conditionIn(c, line, line.where);
    return line.withhold !== undefined && where ? [{ line, where }] : [];
  });
  if (allowing.some(({ as }) => as !== undefined)) {
    checkBesidePrimitive(c, of, path, property, allowing[0]!);
    return { kind: 'form', alternatives: allowing.flatMap((line) => alternativeOf(c, line, of, path)), except };
  }
  const [container] = allowing;
  if (container) {
    if (!hasParts(of)) {
      reportForm(c, container, path, of);
      return undefined;
    }
    return containerOf(c, of, path, container, except);
  }
  const isAbove = [...c.byPath.keys()].some((it) => it.startsWith(`${path}.`));
  if (rest && (isAbove || except.length > 0))
    return {
      kind: 'parts',
      line: rest,
      needs: [],
      needsOneOf: [],
      parts: isAbove && hasParts(of) ? partsOf(c, { type: of, prefix: `${path}.`, above: rest, rest }) : [],
      rest,
      except,
    };
  if (rest) return undefined;
  const everywhere = (prefix === '' ? c.everywhere.resource : c.everywhere.element).get(element.name);
  if (everywhere) return { kind: 'withheld', line: everywhere };
  c.issues.push(issue('projection-element-missing', { file: above.file, path: `${c.type}.${path}` }, above.place));
  return undefined;
}

function containerOf(c: Compilation, of: string, path: string, line: Line, except: readonly Exception[]): Parts {
  const { needs = [], 'needs-one-of': needsOneOf = [] } = line;
  const known = [...(typeModel(of)?.properties.keys() ?? [])];
  for (const name of [...needs, ...needsOneOf])
    if (!known.includes(name))
      c.issues.push(
        issue(
          'projection-path-unknown',
          {
            file: line.file,
            path: `${c.type}.${path}.${name}`,
            nearest: nearestName(name, known) ?? known.slice(0, 6).join(', '),
          },
          line.place,
        ),
      );
  const when = line.when === undefined ? undefined : conditionIn(c, line, line.when);
  return {
    kind: 'parts',
    line,
    ...(when ? { when } : {}),
    needs,
    needsOneOf,
    parts: partsOf(c, { type: of, prefix: `${path}.`, above: line, rest: undefined }),
    except,
  };
}

/** The id and extensions of a primitive stand beside it (`_status`) and need a line too. */
function checkBesidePrimitive(c: Compilation, of: string, path: string, property: string, line: Line): void {
  if (hasParts(of) || line.as === 'whole') return;
  const beside = `${path.slice(0, path.length - property.length)}_${property}`;
  const own = linesAt(c, beside, undefined).some(isFlat);
  if (!own && !c.everywhere.element.has('_*'))
    c.issues.push(issue('projection-element-missing', { file: line.file, path: `${c.type}.${beside}` }, line.place));
}

function alternativeOf(
  c: Compilation,
  line: Line,
  of: string,
  path: string,
): { line: Line; form: Form; when?: Condition }[] {
  const { as, file, place } = line;
  if (as === undefined) {
    reportForm(c, line, path, of);
    return [];
  }
  const form = formOf(as);
  if (!form) {
    const known = nearestName(as, formNames) ?? formsFitting(of).join(' | ');
    c.issues.push(issue('config-value-invalid', { file, path: `${path}: ${as}`, wanted: known }, place));
    return [];
  }
  if (!form.types.includes('*') && !form.types.includes(of)) {
    const wanted = [...formsFitting(of), ...(of === 'CodeableConcept' ? ['codes of …'] : [])].join(' | ');
    c.issues.push(
      issue('projection-form-mismatch', { file, path: `${c.type}.${path}`, form: as, type: of, wanted }, place),
    );
  }
  for (const system of form.systems ?? [])
    if (c.systems && system.startsWith(canonicalBase) && !c.systems.has(system))
      c.issues.push(issue('projection-system-unknown', { file, system }, place));
  const when = line.when === undefined ? undefined : conditionIn(c, line, line.when);
  return [{ line, form, ...(when ? { when } : {}) }];
}

function conditionIn(c: Compilation, line: Line, words: string): Condition | undefined {
  const condition = conditionOf(words);
  if (!condition) c.issues.push(unknownCondition(line, words));
  return condition;
}

function linesAt(c: Compilation, path: string, choice: string | undefined): readonly Line[] {
  const own = c.byPath.get(path);
  if (own) c.used.add(path);
  const ofChoice = choice === undefined ? undefined : c.byPath.get(choice);
  if (ofChoice && choice !== undefined) c.used.add(choice);
  return own ?? ofChoice ?? [];
}

/** Elements go out in the order of the lines. */
function orderOf(c: Compilation, path: string, node: Node): number {
  const at = [...c.byPath.keys()].indexOf(path);
  return at >= 0 && node.kind !== 'withheld' ? at : Number.MAX_SAFE_INTEGER;
}

function reportForm(c: Compilation, { file, place }: Line, path: string, type: string): void {
  const forms = formsFitting(type).join(' | ');
  c.issues.push(issue('projection-form-missing', { file, path: `${c.type}.${path}`, type, forms }, place));
}

export const conditionOf = (words: string): Condition | undefined =>
  Object.hasOwn(conditions, words) ? conditions[words] : undefined;

export const unknownCondition = ({ file, place }: Pick<Line, 'file' | 'place'>, words: string): Issue =>
  issue('projection-condition-unknown', { file, condition: words, known: Object.keys(conditions).join(' | ') }, place);

/** A line that withholds all values. */
const isFlat = ({ withhold, where }: Line): boolean => withhold !== undefined && where === undefined;

const hasParts = (type: string): boolean => {
  const kind = typeModel(type)?.kind;
  return (kind === 'complex-type' || kind === 'backbone') && !isA(type, 'Resource');
};

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
