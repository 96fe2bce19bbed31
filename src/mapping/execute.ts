import type { Bundle } from '@medplum/fhirtypes';
import { digestOf } from '../fhir/digest.ts';
import { type Graph, graphOf } from '../fhir/graph.ts';
import type { Issue } from '../fhir/issue.ts';
import type { CompiledGroup, LoadedMap, Program } from './program/program.ts';
import { newLineage } from './run/lineage.ts';
import { type Node, rootNode } from './run/node.ts';
import { prune } from './run/prune.ts';
import type { RulePlace } from './run/rule-place.ts';
import { LimitExceeded, maxExpressionSteps, type Run, report, type UnmappedCode } from './run/run.ts';
import { seededIds } from './run/seeded-ids.ts';
import { type Trace, traceOf } from './run/trace.ts';
import type { Parameter } from './syntax/tree.ts';
import { type PossibleTypes, shortName } from './types/types.ts';
import { logicalXml } from './xml/write.ts';

export type RunOptions = {
  /** Record the rule and sources of each element of the output, and the values of the source that no rule took over. */
  readonly trace?: boolean;
  /** Seed of `uuid()`; default: a digest of the input. The same seed gives the same bytes. */
  readonly seed?: string;
  /** Time of `now()` and `today()`; a map that uses them does not run without. The same time gives the same bytes. */
  readonly now?: Date;
  /** Offset of that time in minutes east of UTC; default: UTC. */
  readonly zone?: number;
};

export type RunResult = {
  /** FHIR JSON; XML text when the target is a logical model with an XML namespace. */
  readonly output: unknown;
  /** Log messages, failed checks and codes that no table contains. With an error the output is not for use. */
  readonly issues?: readonly Issue[];
  /** Codes that no table contains, with their values: for the list of unknown codes, never for a log. */
  readonly unmapped?: readonly UnmappedCode[];
  readonly trace?: Trace;
};

type Executable = {
  readonly group: CompiledGroup;
  readonly rules: readonly RulePlace[];
  readonly parameters: readonly Parameter[];
  /** The test of each source; undefined for a target. */
  readonly expectations: readonly (Expectation | undefined)[];
  readonly types: readonly PossibleTypes[];
  readonly main: LoadedMap;
  readonly program: Program;
};

export function execute(
  { group, rules, parameters, expectations, types, main, program: { message, clock, budget } }: Executable,
  input: unknown,
  { trace = false, seed, now, zone }: RunOptions,
): RunResult {
  const state: Run = {
    issues: [],
    unmapped: [],
    created: [],
    shared: new Map(),
    pinned: new Map(),
    newId: seededIds(() => seed ?? digestOf(input)),
    lineage: trace ? newLineage(rules.length) : undefined,
    elementCount: 0,
    stepCount: 0,
    depth: 0,
  };
  const severalSources = parameters.filter(({ mode }) => mode === 'source').length > 1;
  const nodes = parameters.map(({ name, mode }, index): Node => {
    const type = types[index]?.[0];
    if (mode === 'target') return rootNode(emptyOf(type, main), type);
    const value = severalSources ? (input as Record<string, unknown> | null)?.[name] : input;
    return rootNode(value, resourceTypeOf(value) ?? type);
  });
  if (clock.used && !now) report(state, 'map-time-missing', {});
  else if (expectations.every((expectation, index) => expectation?.(state, nodes[index]!) ?? true)) {
    message.resolve = resolverOf(input);
    Object.assign(clock, { now, zone });
    budget.left = maxExpressionSteps;
    try {
      group.run(state, nodes);
    } catch (error) {
      if (!(error instanceof LimitExceeded)) throw error;
    } finally {
      message.resolve = undefined;
    }
    prune(state.created);
  }
  const sources = nodes.filter((_, index) => parameters[index]!.mode === 'source');
  const targets = nodes.filter((_, index) => parameters[index]!.mode === 'target');
  return {
    output: outputOf(parameters, targets, main),
    ...(state.issues.length > 0 ? { issues: state.issues } : {}),
    ...(state.unmapped.length > 0 ? { unmapped: state.unmapped } : {}),
    ...(state.lineage ? { trace: traceOf(state.lineage, rules, sources, targets) } : {}),
  };
}

/** `resolve()` within a Bundle; the Bundle is indexed at the first call. */
function resolverOf(input: unknown): NonNullable<Program['message']['resolve']> {
  let graph: Graph | undefined;
  return (reference) => {
    if ((input as { resourceType?: unknown }).resourceType !== 'Bundle') return undefined;
    graph ??= graphOf(input as Bundle);
    return graph.resolve(typeof reference === 'string' ? { reference } : reference);
  };
}

const emptyOf = (type: string | undefined, { types }: LoadedMap): object =>
  type !== undefined && types.model(type)?.kind === 'resource' ? { resourceType: type } : {};

type Expectation = (run: Run, node: Node) => boolean;

/** Tests that a source has the type that the map declares, and reports it when it has not. */
export function expectationOf(declared: PossibleTypes, { types }: LoadedMap): Expectation {
  const expected = declared?.[0];
  const model = expected === undefined ? undefined : types.model(expected);
  const readsHl7 = model?.elements.has('MSH') === true;
  const logical = expected !== undefined && types.logical(expected) !== undefined;
  return (run, { value }) => {
    const type = (value as { resourceType?: unknown } | null)?.resourceType;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const isHl7 = isObject && typeof (value as { MSH?: unknown }).MSH === 'object';
    const fits =
      isObject &&
      (!isHl7 || expected === undefined || readsHl7) &&
      (expected === undefined || typeof type !== 'string' || logical || types.isA(type, expected));
    if (fits && (model?.kind !== 'resource' || typeof type === 'string')) return true;
    const found = !isObject
      ? 'no object'
      : typeof type === 'string' && types.model(type)
        ? type
        : isHl7
          ? 'a message of HL7 v2'
          : 'an object without a known resourceType';
    report(run, 'map-input-type-mismatch', {
      expected: expected === undefined ? 'an object' : shortName(expected),
      found,
    });
    return false;
  };
}

/** One target is the output itself; several are properties with the names of their parameters. */
function outputOf(parameters: readonly Parameter[], targets: readonly Node[], { types }: LoadedMap): unknown {
  const outputs = targets.map((node) => logicalXml(node, types) ?? node.value);
  if (outputs.length <= 1) return outputs[0];
  const names = parameters.filter(({ mode }) => mode === 'target').map(({ name }) => name);
  return Object.fromEntries(names.map((name, index) => [name, outputs[index]]));
}

/** Of a value that may be anything: a form is JSON of its sender. */
function resourceTypeOf(value: unknown): string | undefined {
  const type = (value as { resourceType?: unknown } | null | undefined)?.resourceType;
  return typeof type === 'string' ? type : undefined;
}
