import { namedByMaps } from '../../fhir/catalogue/map-findings.ts';
import { issue, type RuleCode } from '../../fhir/issue.ts';
import { countReadings } from '../expression/cost.ts';
import { checkedExpression, evaluateOrReport, reportHiding, sourceReads } from '../expression/evaluate.ts';
import { type CompiledCondition, compileCondition } from '../expression/expression.ts';
import type { GroupBuilder } from '../generate/group-builder.ts';
import { testCode } from '../generate/predicate.ts';
import { literal } from '../generate/unit.ts';
import { type Context, reportProblem } from '../program/program.ts';
import type { Scope, Variable } from '../program/scope.ts';
import { type Node, pathOf } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { addIssue, expressionFailed, type Frame, type Run, report } from '../run/run.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import { unquote } from '../syntax/tokens.ts';
import type { Expression, Source } from '../syntax/tree.ts';

/** Whether a node passes; may report an issue. */
export type Passes = (run: Run, frame: Frame, node: Node) => boolean;

/** `where`, `check` and `log` of a source, in this order, each applied to the nodes that passed the previous one. */
export type Filters = {
  /** As a closure; the variable of the source is set before. */
  readonly passes: Passes | undefined;
  /** Statements that run `then` when the value of the variable passes. */
  readonly code: (builder: GroupBuilder, then: string) => string;
  /** Whether every evaluation reads the node of the variable, so that it must be created first. */
  readonly needsNode: (builder: GroupBuilder) => boolean;
  /** The variables that `passes` reads from the frame. */
  readonly reads: readonly Variable[];
};

type Filter = {
  readonly passes: Passes;
  readonly code: (builder: GroupBuilder, then: string) => string;
  /** Only the engine can evaluate it, and it requires the node. */
  readonly byEngine: boolean;
  readonly reads: readonly Variable[];
};

export function compileFilters(source: Source, variable: Variable, scope: Scope, context: Context): Filters {
  const { where, check, log } = source;
  // The variable of the source is the focus, and without a path so is the variable that it is read from.
  const self = new Set([source.variable ?? '', source.path.length === 0 ? source.context : '']);
  const condition = where && compiledCondition(where, scope, variable, context, self);
  const assertion = check && compiledCondition(check, scope, variable, context, self);
  const filters = [
    condition && whereFilter(condition, variable, context),
    assertion && checkFilter(assertion, variable, context),
    log && compileLog(log, variable, scope, context, absentIn(where, scope)),
  ].filter((it) => it !== undefined);
  return {
    passes:
      filters.length === 0 ? undefined : (run, frame, node) => filters.every(({ passes }) => passes(run, frame, node)),
    code: (builder, then) => filters.reduceRight((inner, { code }) => code(builder, inner), then),
    needsNode: ({ traced }) => filters.some(({ byEngine }) => byEngine || traced),
    reads: filters.flatMap(({ reads }) => reads),
  };
}

function whereFilter(condition: CompiledCondition, variable: Variable, context: Context): Filter {
  const decides = (run: Run, frame: Frame, node: Node): void => {
    for (const reading of condition.readings) run.lineage?.decided.push(...sourceReads(reading, frame, node));
  };
  return {
    passes: (run, frame, node) => {
      decides(run, frame, node);
      return holds(condition, run, frame, node, context);
    },
    code: (builder, then) =>
      `${builder.traced ? traceReads(condition, variable, builder) : ''} ${conditional(condition, variable, builder, context, then)}`,
    byEngine: !condition.inline,
    reads: condition.reads,
  };
}

/** Records the paths that a condition reads, for lineage. */
function traceReads({ readings, reads }: CompiledCondition, variable: Variable, builder: GroupBuilder): string {
  return readings
    .map(({ slot, path }) => {
      const isFocus = slot === undefined || slot === variable.slot || slot === sameAs(variable)?.slot;
      const of = isFocus ? variable : reads.find((it) => it.slot === slot);
      return of
        ? `if (${builder.node(of)} !== undefined) run.lineage.decided.push({ node: ${builder.node(of)}, path: ${literal(path)} });`
        : '';
    })
    .join(' ');
}

const sameAs = ({ origin }: Variable): Variable | undefined => (origin.kind === 'same' ? origin.as : undefined);

function checkFilter(assertion: CompiledCondition, variable: Variable, context: Context): Filter {
  const fail = (run: Run, node: Node): void =>
    report(run, 'map-check-failed', { place: describePlace(context.place) }, node);
  return {
    passes: (run, frame, node) => {
      if (holds(assertion, run, frame, node, context)) return true;
      fail(run, node);
      return false;
    },
    code: (builder, then) =>
      conditional(
        assertion,
        variable,
        builder,
        context,
        then,
        `${builder.constant(fail)}(run, ${builder.undeclaredNode(variable)});`,
      ),
    byEngine: !assertion.inline,
    reads: assertion.reads,
  };
}

/** An `if` statement: generated code decides, and defers to the engine where it cannot. */
function conditional(
  condition: CompiledCondition,
  variable: Variable,
  builder: GroupBuilder,
  context: Context,
  then: string,
  otherwise = '',
): string {
  const { inline } = condition;
  const engine = (run: Run, frame: Frame, node: Node): boolean => holds(condition, run, frame, node, context);
  const engineCall = (often: boolean): string =>
    `${builder.constant(engine)}(run, f, ${often ? builder.node(variable) : builder.undeclaredNode(variable)})`;
  const end = otherwise === '' ? '' : ` else { ${otherwise} }`;
  const base = sameAs(variable);
  const reads = base ? [...condition.reads, base] : condition.reads;
  if (!inline) return `${builder.fillFrame(reads, true)} if (${engineCall(true)}) { ${then} }${end}`;
  const test = testCode(inline, builder, variable, context.place);
  const outcome = builder.fresh('c');
  return `let ${outcome} = ${test}; if (odd) { odd = false; ${builder.fillFrame(reads, false)} ${outcome} = ${engineCall(false)}; }
    if (${outcome}) { ${then} }${end}`;
}

function compiledCondition(
  text: Expression,
  scope: Scope,
  focus: Variable,
  context: Context,
  self: ReadonlySet<string>,
): CompiledCondition | undefined {
  const compiled = compileCondition(text, scope, focus, context.program.environment, context.types.model, self);
  if ('problem' in compiled)
    return reportProblem(context, 'map-expression-invalid', { problem: compiled.problem }, compiled.at ?? text);
  reportHiding(compiled, context);
  return compiled;
}

function holds(test: CompiledCondition, run: Run, frame: Frame, node: Node, context: Context): boolean {
  countReadings(test.readings, run, frame, node, context.place);
  try {
    return test.holds(node, frame);
  } catch (error) {
    expressionFailed(error, run, context.place, node);
    return false;
  }
}

const literalText = /^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/;

/** One word, in one of the ways that people spell a code. */
const codeLike = /^\s*[A-Za-z]\w*(?:[-_.][A-Za-z]\w*)+\s*$/;

/** A fixed text that looks like the code of a finding must be one: a misspelled refusal would become a note. */
function checkFindingCode(text: string, at: Expression, context: Context): void {
  if (namedByMaps.has(text) || !codeLike.test(text)) return;
  const code = text.trim().slice(0, 64);
  const suggestion = didYouMean(code.toLowerCase().replace(/[_.]/g, '-'), namedByMaps);
  if (suggestion !== '') reportProblem(context, 'map-finding-misspelled', { code, suggestion }, at);
  else reportProblem(context, 'map-finding-unknown', { code }, at);
}

const isEmpty = /(?:^|[\s(])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.empty\(\)/g;

/**
 * Path of the element that is absent where `where (role = 'other' and profession.empty())` holds: the finding about it is at
 * that element. None where it may be another one.
 */
function absentIn(where: Expression | undefined, scope: Scope): string | undefined {
  if (!where || /\b(?:or|xor|implies|not)\b/.test(where.text)) return undefined;
  const [only, ...more] = [...where.text.matchAll(isEmpty)].map(([, path = '']) => path);
  const first = only?.split('.')[0] ?? '';
  return more.length > 0 || scope.find(first) || scope.constant(first) ? undefined : only;
}

/**
 * `log ('order-status-normalised')` raises that rule of the catalogue, with its own severity and texts. Any other fixed text
 * becomes a note. An expression could log values of the message: only its place is reported.
 */
function compileLog(
  log: Expression,
  variable: Variable,
  scope: Scope,
  context: Context,
  absent: string | undefined,
): Filter | undefined {
  const place = describePlace(context.place);
  const compiled = literalText.test(log.text) ? undefined : checkedExpression(log, scope, variable.types, context);
  if (!compiled && !literalText.test(log.text)) return undefined;
  const fixed = compiled?.constant?.length === 1 ? compiled.constant[0]!.value : undefined;
  const text = compiled ? (typeof fixed === 'string' ? fixed : undefined) : unquote(log.text);
  if (text !== undefined) {
    checkFindingCode(text, log, context);
    const placeOf = (node: Node): string => (absent === undefined ? pathOf(node) : `${pathOf(node)}.${absent}`);
    const note = (run: Run, node: Node): void =>
      namedByMaps.has(text)
        ? addIssue(run, issue(text as RuleCode, {} as never, { expression: placeOf(node) }))
        : report(run, 'map-note', { place, note: text }, node);
    return {
      passes: (run, _frame, node) => {
        note(run, node);
        return true;
      },
      code: (builder, then) => `${builder.constant(note)}(run, ${builder.undeclaredNode(variable)}); ${then}`,
      byEngine: false,
      reads: [],
    };
  }
  if (!compiled) return undefined;
  const passes: Passes = (run, frame, node) => {
    if (evaluateOrReport(compiled, run, node, frame, context).length > 0)
      report(run, 'map-note-withheld', { place }, node);
    return true;
  };
  return {
    passes,
    code: (builder, then) =>
      `${builder.fillFrame(compiled.reads, true)} ${builder.constant(passes)}(run, f, ${builder.node(variable)}); ${then}`,
    byEngine: true,
    reads: compiled.reads,
  };
}
