import type { Bilingual } from '../../fhir/bilingual.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Elements, Resource } from '../../fhir/resource.ts';
import { filterOf } from './apply.ts';
import { inDutch } from './conditions.ts';
import { type Filter, type FilterContext, isElements, type Permissions } from './filter.ts';
import type { Line, MessageProjection, Node, PartNode } from './projection.ts';

/**
 * Why an element is withheld. `type-not-allowed`: no line has its type; `no-element`: no element of R4, or beside a primitive;
 * `line`: a line withholds it; `form`, `condition`, `incomplete`: a line allows it in another form, under a condition that does not hold,
 * or with a part that it has not.
 */
export type Because = 'type-not-allowed' | 'no-element' | 'line' | 'form' | 'condition' | 'incomplete';

/** What became of one element of a resource, and the line that decided; absent where no line allows its type. */
export type Explained = {
  /** With indexes and without values: `Task.input[0].type`. */
  readonly path: string;
  /** `reduced`: a part of the value goes out. */
  readonly outcome: 'out' | 'reduced' | 'withheld';
  readonly because?: Because;
  readonly line?: Line;
  readonly why: Bilingual;
};

/** Line by line what goes out of a resource and what is withheld. Never contains a value of it. */
export function explainResource(
  { types }: Pick<MessageProjection, 'types'>,
  resource: Resource,
  permissions: Permissions,
): readonly Explained[] {
  const { resourceType } = resource;
  const type = types.get(resourceType);
  if (!type) return [{ path: resourceType, outcome: 'withheld', because: 'type-not-allowed', why: noLineForType }];
  const { line } = type;
  const context = { permissions, resource };
  if (type.only && !type.only.condition(resource, context))
    return [{ path: resourceType, outcome: 'withheld', because: 'condition', line, why: onlyIf(type.only.words) }];
  if (!type.node) return [{ path: `${resourceType}.*`, outcome: 'out', line, why: type.why }];
  const { resourceType: _, ...elements } = resource as unknown as Elements;
  return explainParts(type.node, elements, resourceType, context);
}

const noLineForType: Bilingual = {
  en: 'No line allows this type of resource.',
  nl: 'Geen regel laat dit type resource toe.',
};
const onlyIf = (words: string): Bilingual => ({ en: `Only if ${words}.`, nl: `Alleen bij: ${inDutch(words)}.` });
const notWhen = (words: string): Bilingual => ({ en: `Not: ${words}.`, nl: `Ontbreekt: ${inDutch(words)}.` });

type Parts = Extract<Node, { kind: 'parts' }>;

function explainParts({ parts, rest }: Parts, value: Elements, path: string, context: FilterContext): Explained[] {
  return Object.entries(value).flatMap(([name, item]): Explained[] => {
    const part = parts.find(({ property }) => property === name);
    if (part) return explainPart(part, item, `${path}.${name}`, context);
    if (rest) return [{ path: `${path}.${name}`, outcome: 'out', line: rest, why: rest.why }];
    return [{ path: `${path}.${name}`, outcome: 'withheld', because: 'no-element', why: noElement }];
  });
}

const noElement: Bilingual = {
  en: 'Beside a value of a primitive, or no element of R4.',
  nl: 'Naast een enkele waarde, of geen element van R4.',
};

function explainPart({ array, node }: PartNode, value: unknown, path: string, context: FilterContext): Explained[] {
  if (array && Array.isArray(value))
    return value.flatMap((it, index) => explainValue(node, it, `${path}[${index}]`, context));
  return explainValue(node, value, path, context);
}

type Allowing = Exclude<Node, { kind: 'withheld' }>;
const filters = new WeakMap<Allowing, Filter>();

/** The filter of a node is made once: a receipt explains each resource that it is about. */
function filterFor(node: Allowing): Filter {
  const known = filters.get(node) ?? filterOf(node);
  filters.set(node, known);
  return known;
}

function explainValue(node: Node, value: unknown, path: string, context: FilterContext): Explained[] {
  const withheld = (because: Because, line: Line | undefined, why: Bilingual): Explained[] => [
    { path, outcome: 'withheld', because, ...(line ? { line } : {}), why },
  ];
  if (node.kind === 'withheld') return withheld('line', node.line, node.line.why);
  const exception = node.except.find(({ where }) => where(value, context));
  if (exception) return withheld('line', exception.line, exception.line.why);
  if (node.kind === 'form') return explainForm(node, value, path, context);
  if (filterFor(node)(value, context) !== undefined && isElements(value))
    return explainParts(node, value, path, context);
  const { line, when, needs, needsOneOf } = node;
  if (when && line?.when && !when(value, context)) return withheld('condition', line, notWhen(line.when));
  const needed = [...needs, ...needsOneOf].join(', ');
  return withheld(
    'incomplete',
    line,
    needed
      ? { en: `Needs ${needed}.`, nl: `Dit moet erbij staan: ${needed}.` }
      : { en: 'Nothing of it may go out.', nl: 'Niets ervan mag naar buiten.' },
  );
}

function explainForm(
  { alternatives }: Extract<Node, { kind: 'form' }>,
  value: unknown,
  path: string,
  context: FilterContext,
): Explained[] {
  for (const { line, form, when } of alternatives) {
    if (when && !when(value, context)) continue;
    const passed = form.filter(value, context);
    if (passed === undefined) continue;
    const isSame = passed === value || canonicalJson(passed) === canonicalJson(value);
    const { en, nl } = line.why;
    return isSame
      ? [{ path, outcome: 'out', line, why: line.why }]
      : [
          {
            path,
            outcome: 'reduced',
            line,
            why: { en: `Only ${form.words}. ${en}`, nl: `Alleen ${form.dutch}. ${nl}` },
          },
        ];
  }
  const { line, form, when } = alternatives[0]!;
  const isCondition = when !== undefined && !when(value, context);
  const { when: condition } = line;
  const why = {
    en: `Not ${form.words}${condition ? `, or not: ${condition}` : ''}.`,
    nl: `Niet ${form.dutch}${condition ? `, of er ontbreekt: ${inDutch(condition)}` : ''}.`,
  };
  return [{ path, outcome: 'withheld', because: isCondition ? 'condition' : 'form', line, why }];
}
