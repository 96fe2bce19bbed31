import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { type Issue, isError } from '../../fhir/issue.ts';
import { counted, type Part, type View } from '../frame/view.ts';
import { tokensOf } from './lines.ts';
import type { LocatedIssue, ResultLine, Trial } from './trial.ts';

const words = {
  heading: { nl: 'Invoer en resultaat', en: 'Input and result' },
  input: { nl: 'Invoer', en: 'Input' },
  result: { nl: 'Resultaat', en: 'Result' },
  none: { nl: 'Nog geen resultaat', en: 'No result yet' },
  noneWhy: {
    nl: 'Het bericht is nog niet omgezet. Los eerst de fouten links op.',
    en: 'The message is not mapped yet. Fix the errors on the left first.',
  },
  choose: {
    nl: 'Klik een regel, of gebruik de pijltjes: bron en regel lichten op.',
    en: 'Click a line, or use the arrow keys: source and rule light up.',
  },
  remedy: { nl: 'Zo lost u het op:', en: 'Remedy:' },
  error: { nl: 'fout', en: 'error' },
  warning: { nl: 'let op', en: 'warning' },
  information: { nl: 'ter info', en: 'for information' },
  line: { nl: 'regel', en: 'line' },
  lines: { nl: 'regels', en: 'lines' },
  allLines: { nl: 'Invoer, per regel', en: 'Input, by line' },
  allResult: { nl: 'Resultaat, per regel', en: 'Result, by line' },
  from: { nl: 'Uit', en: 'From' },
  by: { nl: 'regel', en: 'rule' },
  to: { nl: 'Komt', en: 'Becomes' },
  asSent: { nl: 'zoals verstuurd', en: 'as sent' },
  constant: { nl: 'vaste waarde van de map', en: 'constant of the map' },
  cut: {
    nl: 'Dit bericht is langer. Alleen het begin staat hier.',
    en: 'This message is longer. Only its beginning is shown.',
  },
  cutLine: { nl: '… afgekapt', en: '… cut' },
};

const lookOf = (it: Issue) =>
  isError(it)
    ? ({ mark: 'bad', chip: 'fail', icon: 'fail', word: words.error } as const)
    : it.severity === 'warning'
      ? ({ mark: 'warned', chip: 'wait', icon: 'warn', word: words.warning } as const)
      : ({ mark: 'noted', chip: 'info', icon: 'info', word: words.information } as const);

/** What was sent beside what it becomes; each issue under the line that it concerns. */
export function panes(view: View, trial: Trial): Part {
  const { say } = view;
  const shown = trial.issues.filter(({ issue }) => issue.severity !== 'information');
  const byLine = Map.groupBy(shown, ({ line }) => line);
  return html`<section class="card flush" aria-labelledby="panes">
<h2 class="vh" id="panes">${say(words.heading)}</h2>
${trial.result.length > 0 ? lineageBar(view) : ''}
<div class="panes">
<div><div class="pane-head"><strong>${say(words.input)}</strong><span class="faint">${trial.format.name}, ${counted(view, trial.input.lines.length, words.line, words.lines)}</span><span class="push row">${counts(view, trial.issues)}</span></div>
${trial.input.isCut ? cutNotice(view) : ''}
<div class="code" id="input" tabindex="0" role="region" aria-label="${say(words.allLines)}">${trial.input.lines.map(
    ({ text, isCut }, index) => {
      const line = index + 1;
      const found = byLine.get(line) ?? [];
      const mark = found[0] ? ` ${lookOf(found[0].issue).mark}` : '';
      return html`<div class="line${mark}" id="r${line}" data-n="${line}"><code>${colored(text, trial.format.name)}</code>${isCut ? cutMark(view) : ''}</div>${found.map((it) => issueBox(view, it.issue, it.line))}`;
    },
  )}</div></div>
<div><div class="pane-head"><strong>${say(words.result)}</strong>${
    trial.result.length > 0 ? html`<span class="faint">${say(words.choose)}</span>` : ''
  }</div>
${trial.isResultCut ? cutNotice(view) : ''}
${trial.result.length > 0 ? resultLines(view, trial.result) : html`<div class="empty"><p><strong>${say(words.none)}</strong></p><p>${say(words.noneWhy)}</p></div>`}</div>
</div>
</section>`;
}

const cutNotice = ({ say }: View): Part => html`<p class="small soft">${say(words.cut)}</p>`;

const cutMark = ({ say }: View): Part => html` <span class="faint">${say(words.cutLine)}</span>`;

const colored = (line: string, format: Trial['format']['name']): Part[] =>
  tokensOf(line, format).map(({ text, kind }) =>
    kind === 'plain' ? html`${text}` : html`<i class="${kind === 'mark' ? 't' : 's'}">${text}</i>`,
  );

/** Filled by the script when a line is chosen; the words of the page stand in it. */
const lineageBar = ({
  say,
  icon,
}: View): Part => html`<div class="lineage" id="lineage" role="status" data-as-sent="${say(words.asSent)}" data-constant="${say(words.constant)}" data-line="${say(words.line)}">
<div><span class="faint">${say(words.from)}</span> <span data-from></span></div>
<div class="row">${icon('arrow-right')}<span>${say(words.by)} <code data-rule></code></span>${icon('arrow-right')}</div>
<div><span class="faint">${say(words.to)}</span> <code data-to></code></div></div>`;

const resultLines = (view: View, lines: readonly ResultLine[]): Part =>
  html`<div class="code" id="result-lines" tabindex="0" role="region" aria-label="${view.say(words.allResult)}">${lines.map(
    ({ text, isCut, path, rule, sources }, index) => {
      const ranges = sources.flatMap(({ range }) => (range ? `${range.from}-${range.to}` : []));
      return html`<div class="line" id="m${index + 1}" data-n="${index + 1}" data-path="${path}"${
        rule ? html` data-rule="${rule.name}" data-file="${rule.file}"` : ''
      }${ranges.length > 0 ? html` data-lines="${ranges.join(' ')}"` : ''}${
        sources[0] ? html` data-source="${sources[0].path}"` : ''
      }><code>${colored(text, 'JSON')}</code>${isCut ? cutMark(view) : ''}</div>`;
    },
  )}</div>`;

function counts(view: View, issues: readonly LocatedIssue[]): Part[] {
  const groups = Map.groupBy(issues, ({ issue }) => lookOf(issue).chip);
  return (['fail', 'wait', 'info'] as const).flatMap((chip) => {
    const found = groups.get(chip);
    if (!found?.[0]) return [];
    const look = lookOf(found[0].issue);
    return html`<span class="chip ${chip}">${view.icon(look.icon)}${found.length} ${view.say(look.word)}</span> `;
  });
}

/** An issue in the language of the page: what is wrong, then what to do. */
export function issueBox(view: View, it: Issue, line: number | undefined): Part {
  const { say, icon, language } = view;
  const look = lookOf(it);
  const [first = '', ...more] = sentencesOf(language === 'nl' ? it.dutch : it.message);
  const own = remedies[it.constraint ?? ''];
  const rest = own ? [...more, say(own)] : more;
  return html`<div class="issue"><p class="row"><span class="chip ${look.chip}">${icon(look.icon)}${say(look.word)}</span> <a href="/docs/findings/${it.rule}"><code>${it.rule}</code></a>${
    line === undefined ? '' : html` <span class="faint">${say(words.line)} ${line}</span>`
  }</p>
<p>${first}</p>${rest.length > 0 ? html`<p><strong>${say(words.remedy)}</strong> ${rest.join(' ')}</p>` : ''}${
    it.expression ? html`<p class="faint"><code>${it.expression}</code></p>` : ''
  }</div>`;
}

/** What to do about an invariant whose text says only what must hold, by its key. */
const remedies: Readonly<Record<string, Bilingual>> = {
  'mgn-bsn': {
    nl: 'Neem het nummer opnieuw over uit uw systeem. Let op verwisselde cijfers. Heeft u geen BSN, laat het dan weg.',
    en: 'Copy the number from your system again. Look for swapped digits. Without a BSN, leave it out.',
  },
};

/** A dot ends a sentence before a capital: not that of an abbreviation, of an address or of a version. */
const sentencesOf = (text: string): readonly string[] => text.split(/(?<=[a-z0-9)»”"'][.?]) (?=[A-Z])/);
