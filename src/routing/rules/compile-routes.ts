import { type CheckedFile, type Path, pathText, readChecked } from '../../definitions/checked-yaml.ts';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { digestOf } from '../../fhir/digest.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { compileTest, FhirPathSyntaxError } from '../../fhirpath/index.ts';
import { choiceOf, type ServiceAction } from '../decision/candidates.ts';
import type { Facts } from '../facts/facts.ts';
import { serviceType } from '../snapshot/service-type.ts';
import type { DirectorySnapshot } from '../snapshot/snapshot.ts';
import { describeCondition } from './condition.ts';
import { reachabilityOf } from './reachability.ts';
import {
  alwaysDecides,
  listOf,
  type RoutesFile,
  type RuleAction,
  type RuleText,
  routesSchema,
  type TestedFact,
  type When,
} from './routes-file.ts';

/** A condition; `description` appears in the decision record when it is not met. */
export type Condition = {
  readonly description: string;
  readonly fact?: { readonly name: TestedFact; readonly wanted: NonNullable<When[TestedFact]> };
  readonly expression?: ReturnType<typeof compileTest>;
};

export type RouteRule = {
  readonly id: string;
  readonly conditions: readonly Condition[];
  readonly then: RuleAction;
  readonly reason: Bilingual;
};

/** Compiled routes, in order per use case. */
export type Routes = {
  /** SHA-256 over the rules. */
  readonly digest: string;
  readonly rules: ReadonlyMap<string, readonly RouteRule[]>;
};

/** Facts available to expressions as %variables, with their FHIRPath type. */
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
 * Compiles routes.yaml against the directory. Reports all mistakes, with line and column: an unknown key or value, a
 * service that does not exist, FHIRPath that does not compile, an unreachable rule, rules without an end.
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
    description: describeCondition(name, wanted),
    fact: { name, wanted },
  }));
  for (const [index, expression] of listOf(fhirpath ?? []).entries()) {
    const at = [...path, 'when', 'fhirpath', ...(Array.isArray(fhirpath) ? [index] : [])];
    try {
      conditions.push({
        description: expression,
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

/** An id is unique within a use case; several use cases may share a rule. */
const duplicates = ({ value, file, placeOf }: CheckedFile<RoutesFile>): Issue[] =>
  Object.entries(value.routes).flatMap(([useCase, rules]) =>
    rules.flatMap(({ id }, index) => {
      const path = ['routes', useCase, index, 'id'];
      const again = rules.findIndex((it) => it.id === id) < index;
      return again ? [issue('config-duplicate', { file, path: pathText(path), name: id }, placeOf(path))] : [];
    }),
  );

/** Services that do not exist, and distances that cannot be calculated. */
function unknownTargets(
  { id, then }: RuleText,
  path: Path,
  { file, placeOf }: CheckedFile<RoutesFile>,
  directory: DirectorySnapshot,
): Issue[] {
  if (alwaysDecides(then)) return [];
  const looking = then as ServiceAction;
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
  const reach = reachabilityOf(rules);
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
