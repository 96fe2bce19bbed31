import type { PersonReport, ReportLine } from './person-report.ts';
import {
  done,
  emergencyGround,
  grounds,
  kindsOf,
  noGround,
  notDone,
  ownData,
  reads,
  refusedElse,
  refusedRead,
  somethingElse,
  texts,
  unknownParty,
} from './report-words.ts';

export type Language = 'nl' | 'en';

/** A line of the report in words. */
export type WrittenLine = {
  readonly at: string;
  readonly what: string;
  /** Kinds of data; empty for a delivery, which is that of the message before it. */
  readonly about: readonly string[];
  /** Why it was permitted; absent for what was refused or failed. */
  readonly why?: string;
};

export function written(line: ReportLine, language: Language, timezone: string): WrittenLine {
  const { at, interaction, outcome, count, types, until } = line;
  const who = line.who?.name ?? unknownParty[language];
  const recipient = line.recipient?.name ?? '?';
  const isDone = outcome === 'success';
  const sentence = isDone
    ? (done[interaction] ?? somethingElse)
    : (notDone[interaction] ?? (reads.has(interaction) ? refusedRead : refusedElse));
  const last = until ? `, ${texts.last[language]} ${localTime(until, language, timezone)}` : '';
  const times = count > 1 ? ` (${count}×${last})` : '';
  return {
    at: localTime(at, language, timezone),
    what: `${sentence(who, recipient)[language]}${times}`,
    about: kindsOf(types).map((it) => it[language]),
    ...(isDone ? { why: reasonOf(line)[language] } : {}),
  };
}

const reasonOf = ({ legalBasis, isSender, emergency }: ReportLine) =>
  emergency !== undefined
    ? emergencyGround(emergency)
    : ((legalBasis === undefined ? undefined : grounds[legalBasis]) ?? (isSender ? ownData : noGround));

/** As a person reads it: 30 november 2026, 14:05. */
const localTime = (at: string, language: Language, timeZone: string): string =>
  new Intl.DateTimeFormat(language === 'nl' ? 'nl-NL' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(at));

/** For a terminal or a letter. */
export function reportAsText({ lines }: PersonReport, language: Language, timezone: string): readonly string[] {
  const { title, intro, none, about, why, question } = texts;
  return [
    title[language],
    '',
    intro[language],
    '',
    ...(lines.length ? [] : [none[language], '']),
    ...lines.flatMap((line) => {
      const it = written(line, language, timezone);
      return [
        it.at,
        `  ${it.what}`,
        ...(it.about.length ? [`  ${about[language]}: ${it.about.join(', ')}`] : []),
        ...(it.why ? [`  ${why[language]}: ${it.why}`] : []),
        '',
      ];
    }),
    question[language],
  ];
}

/** A page that stands by itself: no script, no address of another server. */
export function reportAsHtml({ lines }: PersonReport, language: Language, timezone: string): string {
  const { title, intro, none, when, what, about, why, question } = texts;
  const rows = lines.map((line) => {
    const it = written(line, language, timezone);
    const cells = [it.what, it.about.join(', '), it.why ?? ''].map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr><th scope="row"><time datetime="${escaped(line.at)}">${escaped(it.at)}</time></th>${cells}</tr>`;
  });
  const heads = [when, what, about, why].map((it) => `<th scope="col">${escaped(it[language])}</th>`).join('');
  const table = `<table><thead><tr>${heads}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title[language])}</title>
<style>body{font:1rem/1.5 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem;border-bottom:1px solid #767676}</style>
</head><body>
<h1>${escaped(title[language])}</h1>
<p>${escaped(intro[language])}</p>
${lines.length ? table : `<p>${escaped(none[language])}</p>`}
<p>${escaped(question[language])}</p>
</body></html>
`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (it) => escapes[it]!);
