import type { Partner } from '../../directory/index.ts';
import { recogniseForm, toGraph } from '../../exchange/maps/forms.ts';
import type { Disclosure } from '../../exchange/pipeline/disclosure.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { PipelineOutcome } from '../../exchange/pipeline/step.ts';
import { isOutgoing, type Step } from '../../exchange/pipeline/step.ts';
import type { Prepared } from '../../exchange/prepared.ts';
import { type ProjectedDisclosure, projectMessage } from '../../exchange/project/project.ts';
import { parseMessage } from '../../exchange/reading/sent-message.ts';
import { type Issue, isError } from '../../fhir/issue.ts';
import { writeJson } from '../../fhir/json.ts';
import { locator } from '../../fhir/locate.ts';
import { hl7Lines, hl7Place, outputOrigins, type Trace } from '../../mapping/index.ts';
import type { Decision } from '../../routing/index.ts';
import type { Format } from './format.ts';
import { linesOf, pathsOf, type Range, rangeAt, type Shown, shownOf } from './lines.ts';

/** An issue, with the line of the input that it concerns where there is one. */
export type LocatedIssue = { readonly issue: Issue; readonly line: number | undefined };

/** A line of the result, with the lines of the input that it comes from. */
export type ResultLine = {
  readonly text: string;
  readonly isCut: boolean;
  readonly path: string;
  readonly rule?: { readonly name: string; readonly file: string } | undefined;
  readonly sources: readonly { readonly path: string; readonly range: Range | undefined }[];
};

/** What one recipient would get. */
export type Recipient = {
  readonly partner: Pick<Partner, 'id' | 'name'>;
  readonly purpose: string;
  readonly legalBasis: string | undefined;
  readonly projected: readonly ProjectedDisclosure[];
  readonly receipt: Disclosure['receipt'];
};

/** A message that was tried: nothing of it is stored. */
export type Trial = {
  readonly isAccepted: boolean;
  readonly format: Format;
  readonly steps: readonly Step[];
  readonly input: Shown;
  readonly issues: readonly LocatedIssue[];
  readonly result: readonly ResultLine[];
  /** Whether only the beginning of the result is there. */
  readonly isResultCut: boolean;
  readonly decisions: readonly Decision[];
  readonly recipients: readonly Recipient[];
};

type Tried = {
  readonly text: string;
  readonly format: Format;
  readonly partner: Partner;
  readonly at: Date;
  readonly considered: PipelineOutcome<Prepared>;
};

/** What a page shows of a dry run. What is found in an outgoing message concerns the gateway alone, as in `$explain`. */
export function trialOf(gateway: Gateway, tried: Tried): Trial {
  const { text, format, considered } = tried;
  const steps = considered.steps.filter(({ step, refused }) => refused || !isOutgoing(step));
  const input = linesOf(text);
  const lineAt = lineFinder(text, format, input);
  const issues = unique(steps.flatMap((it) => it.issues)).map((issue) => ({
    issue,
    line: issue.line ?? (issue.expression === undefined ? undefined : lineAt(issue.expression)),
  }));
  const shown = shownOf(input);
  const result = steps.some(({ step, refused }) => step === 'map' && !refused)
    ? resultOf(gateway, tried, input.slice(0, shown.lines.length), lineAt)
    : { lines: [], isCut: false };
  return {
    isAccepted: considered.ok,
    format,
    steps,
    input: shown,
    issues: issues.toSorted((one, other) => weight(one.issue) - weight(other.issue)),
    result: result.lines,
    isResultCut: result.isCut,
    decisions: considered.ok ? considered.value.decisions : [],
    recipients: considered.ok ? recipientsOf(gateway, tried, considered.value, considered.steps) : [],
  };
}

const weight = (it: Issue): number => (isError(it) ? 0 : it.severity === 'warning' ? 1 : 2);

const unique = (issues: readonly Issue[]): readonly Issue[] => [
  ...new Map(issues.map((it) => [`${it.rule} ${it.severity} ${it.expression} ${it.message}`, it])).values(),
];

type LineAt = (expression: string) => number | undefined;

/** Line of a place in the input. */
function lineFinder(text: string, { name }: Format, input: readonly string[]): LineAt {
  if (name !== 'HL7 v2') {
    const placeOf = locator(text);
    return (expression) => placeOf(expression)?.line;
  }
  const names = hl7Lines(text).map((it) => it.slice(0, 3));
  return (expression) => {
    // a map names the message before the segment
    const place = hl7Place(expression, names) ?? hl7Place(expression.replace(/^[^.]*\./, ''), names);
    let seen = 0;
    const at = input.findIndex((line) => line.startsWith(place?.segment ?? ' ') && ++seen === place?.sequence);
    return at < 0 ? undefined : at + 1;
  };
}

/** The message after its map, each line with its origin. Runs the map once more, with its lineage. */
function resultOf(
  gateway: Gateway,
  { text, format, at }: Tried,
  input: readonly string[],
  lineAt: LineAt,
): { readonly lines: readonly ResultLine[]; readonly isCut: boolean } {
  const { intake, contentType } = format;
  const sent = parseMessage(
    { contentType, body: new TextEncoder().encode(text), ...(intake ? { intake } : {}) },
    gateway.network.settings.limits,
  );
  const form = sent.ok ? recogniseForm(gateway.forms, sent.value, intake ? { intake } : {}) : sent;
  if (!sent.ok || !form.ok) return { lines: [], isCut: false };
  const { map } = form.value;
  const run = map?.run(sent.value.message, { trace: true, now: at });
  const graph = run ? run.output : toGraph(form.value, sent.value, { seed: '', now: at });
  const shown = run
    ? graph
    : 'ok' in (graph as object) && (graph as { ok: boolean }).ok
      ? (graph as { value: { graph: object } }).value.graph
      : {};
  const whole = linesOf(writeJson(shown, { pretty: true }));
  const { lines, isCut } = shownOf(whole);
  const paths = pathsOf(whole.slice(0, lines.length), 'Bundle');
  const originOf = run?.trace ? originsIn(run.trace) : asSent;
  const ranges = new Map<string, Range | undefined>();
  const rangeOf = (path: string): Range | undefined => {
    if (!ranges.has(path)) {
      const line = lineAt(path);
      ranges.set(path, line === undefined ? undefined : rangeAt(input, line));
    }
    return ranges.get(path);
  };
  const located = lines.map((line, index) => {
    const path = paths[index] ?? '';
    const { rule, sources } = originOf(path);
    return { ...line, path, rule, sources: sources.map((it) => ({ path: it, range: rangeOf(it) })) };
  });
  return { lines: located, isCut };
}

type Origin = { readonly rule: ResultLine['rule']; readonly sources: readonly string[] };

const asSent = (path: string): Origin => ({ rule: undefined, sources: [path] });

function originsIn(trace: Trace): (path: string) => Origin {
  const originOf = outputOrigins(trace);
  return (path) => {
    const found = originOf(path);
    if (!found) return { rule: undefined, sources: [] };
    const { group, name, path: file, line } = found.rule;
    return {
      rule: { name: name ? `${group}.${name}` : group, file: `${file.replace(/^.*\//, '')}:${line}` },
      sources: found.sources.slice(0, 5),
    };
  };
}

/** Kinds of which everything about the person belongs to the one order. */
const sentTogether: readonly string[] = ['referral', 'solicitation', 'invitation'];

function recipientsOf(
  gateway: Gateway,
  { partner, at }: Tried,
  { graph, disclosures }: Prepared,
  steps: readonly Step[],
): readonly Recipient[] {
  const kind = steps.find(({ form }) => form)?.form?.kind ?? '';
  const message = { graph, planned: disclosures, isSentTogether: sentTogether.includes(kind) };
  return disclosures.map(({ partner: id, purpose, receipt }) => {
    const phase = purpose === 'solicitation' || purpose === 'invitation' ? 'candidate' : 'selected';
    const projected = projectMessage(gateway, message, { recipient: id, phase, partner, now: at }) ?? [];
    return {
      partner: { id, name: gateway.network.partners.get(id)?.name ?? id },
      purpose,
      legalBasis: receipt.legalBasis,
      projected: projected.filter((it) => it.isPlanned && it.purpose === purpose),
      receipt,
    };
  });
}
