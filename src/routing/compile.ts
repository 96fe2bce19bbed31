import { digestOf } from '../fhir/digest.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { compileTest, FhirPathSyntaxError } from '../fhirpath/index.ts';
import { choiceOf, type Looking } from './candidates.ts';
import { type CheckedFile, type Path, pathText, readChecked } from './checked-yaml.ts';
import { saysOf } from './condition.ts';
import type { Bilingual } from './decision.ts';
import type { Facts } from './facts.ts';
import { reachOf } from './reach.ts';
import {
  alwaysDecides,
  listOf,
  type RoutesFile,
  type RuleText,
  routesSchema,
  type TestedFact,
  type Then,
  type When,
} from './routes-file.ts';
import { serviceType } from './service-type.ts';
import type { DirectorySnapshot } from './snapshot.ts';

/** A condition; `says` is what a record tells of it when it is not met. */
export type Condition = {
  readonly says: string;
  readonly fact?: { readonly name: TestedFact; readonly wanted: NonNullable<When[TestedFact]> };
  readonly expression?: ReturnType<typeof compileTest>;
};

export type RouteRule = {
  readonly id: string;
  readonly conditions: readonly Condition[];
  readonly then: Then;
  readonly reason: Bilingual;
};

/** Compiled routes, for each use case in order. */
export type Routes = {
  /** SHA-256 over the rules. */
  readonly digest: string;
  readonly rules: ReadonlyMap<string, readonly RouteRule[]>;
};

/** Facts that an expression may name as %variables, with their FHIRPath type. */
const variables: Readonly<Record<keyof Facts, string>> = {
  useCase: 'string',
  source: 'string',
  owner: 'string',
  residence: 'string',
  municipality: 'string',
  postcode: 'string',
  referrer: 'string',
  sender: 'string',
  priority: 'string',
  urgent: 'boolean',
  complaint: 'string',
  icpcChapters: 'string',
  age: 'integer',
  language: 'string',
  serviceTypes: 'string',
  echelon: 'string',
  diagnosisGroup: 'string',
};

/**
 * Compiles routes.yaml against the directory. All mistakes are told, with line and column: an unknown key or value,
 * a service that is not there, FHIRPath that does not compile, a rule that nothing reaches, rules without an end.
 */
export function compileRoutes(text: string, path: string, directory: DirectorySnapshot): Result<Routes> {
  const read = readChecked<RoutesFile>(text, path, routesSchema);
  if (!read.ok) return read;
  const { value } = read.value;
  const issues: Issue[] = [...duplicates(read.value)];
  const rules = new Map<string, readonly RouteRule[]>();
  for (const [useCase, texts] of Object.entries(value.routes)) {
    const at = (index: number): Path => ['routes', useCase, index];
    rules.set(
      useCase,
      texts.map((rule, index) => compileRule(rule, at(index), read.value, issues)),
    );
    for (const [index, rule] of texts.entries()) issues.push(...unknownTargets(rule, at(index), read.value, directory));
    issues.push(...unreachable(useCase, texts, read.value));
  }
  return issues.length > 0 ? failure(...issues) : success({ digest: digestOf(value), rules });
}

function compileRule(rule: RuleText, path: Path, file: CheckedFile<RoutesFile>, issues: Issue[]): RouteRule {
  const { fhirpath, ...facts } = rule.when ?? {};
  const tested = Object.entries(facts) as [TestedFact, NonNullable<When[TestedFact]>][];
  const conditions: Condition[] = tested.map(([name, wanted]) => ({
    says: saysOf(name, wanted),
    fact: { name, wanted },
  }));
  for (const [index, expression] of listOf(fhirpath ?? []).entries()) {
    const at = [...path, 'when', 'fhirpath', ...(Array.isArray(fhirpath) ? [index] : [])];
    try {
      conditions.push({
        says: expression,
        expression: compileTest(expression, { type: 'Bundle', strict: true, variables }),
      });
    } catch (error) {
      if (!(error instanceof FhirPathSyntaxError)) throw error;
      issues.push(
        issue(
          'route-expression-invalid',
          { file: file.file, path: pathText(at), problem: error.message },
          file.placeOf(at),
        ),
      );
    }
  }
  for (const language of ['en', 'nl'] as const)
    if (/\{(?!service\}|municipality\}|candidates\})/.test(rule.reason[language])) {
      const at = [...path, 'reason', language];
      const wanted = '{service} | {municipality} | {candidates}';
      issues.push(issue('config-value-invalid', { file: file.file, path: pathText(at), wanted }, file.placeOf(at)));
    }
  // biome-ignore lint/suspicious/noThenProperty: the word of the file; nobody awaits a rule
  return { id: rule.id, conditions, then: rule.then, reason: rule.reason };
}

/** An id tells a rule of one use case; the same rule may serve several use cases. */
const duplicates = ({ value, file, placeOf }: CheckedFile<RoutesFile>): Issue[] =>
  Object.entries(value.routes).flatMap(([useCase, rules]) =>
    rules.flatMap(({ id }, index) => {
      const path = ['routes', useCase, index, 'id'];
      const again = rules.findIndex((it) => it.id === id) < index;
      return again ? [issue('config-duplicate', { file, path: pathText(path), name: id }, placeOf(path))] : [];
    }),
  );

/** Services that nobody offers, and distances that nobody can tell. */
function unknownTargets(
  { id, then }: RuleText,
  path: Path,
  { file, placeOf }: CheckedFile<RoutesFile>,
  directory: DirectorySnapshot,
): Issue[] {
  if (alwaysDecides(then)) return [];
  const looking = then as Looking;
  const at = [...path, 'then', 'owner' in looking ? 'owner' : 'candidates'];
  const unknown = (target: string) => issue('route-service-unknown', { file, rule: id, target }, placeOf(at));
  const choice = choiceOf(looking);
  if (!choice) {
    const owner = 'owner' in looking ? String(looking.owner) : '';
    return owner === 'named' || directory.service(owner)?.active ? [] : [unknown(owner)];
  }
  const types = choice.type === 'asked' ? [] : listOf(choice.type);
  const asksDistance = choice['farthest-km'] !== undefined || choice.prefer?.includes('nearest');
  return [
    ...types.filter((it) => directory.servicesOfType(serviceType(it)).length === 0).map((it) => unknown(`type ${it}`)),
    ...(asksDistance && !directory.hasCentres
      ? [issue('route-postcode-centres-missing', { file, rule: id }, placeOf(at))]
      : []),
  ];
}

function unreachable(useCase: string, rules: readonly RuleText[], { file, placeOf }: CheckedFile<RoutesFile>): Issue[] {
  const reach = reachOf(rules);
  return [
    ...reach.unreachable.map(({ index, before }) => {
      const rule = rules[index]!.id;
      const place = placeOf(['routes', useCase, index, 'id']);
      return before
        ? issue('route-unreachable', { file, rule, before }, place)
        : issue('route-contradictory', { file, rule }, place);
    }),
    ...(reach.open ? [issue('route-fallback-missing', { file, useCase }, placeOf(['routes', useCase]))] : []),
  ];
}
