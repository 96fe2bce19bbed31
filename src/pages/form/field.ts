import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Part, View } from '../frame/view.ts';

/** What was typed, by the name of the field. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** What is wrong, by the name of the field. */
export type Errors = Readonly<Record<string, Bilingual>>;

export const typedIn = (values: Values, name: string): string => values[name]?.[0]?.trim() ?? '';

/** A form as its parts see it. */
export type Filling = { readonly view: View; readonly values: Values; readonly errors: Errors };

export type FieldLook = {
  readonly label: Bilingual;
  readonly hint?: Bilingual;
  readonly isOptional?: boolean;
  readonly isShort?: boolean;
  readonly rows?: number;
  readonly type?: 'text' | 'tel' | 'email';
  readonly isNumeric?: boolean;
  readonly list?: string;
};

const mayBeEmpty: Bilingual = { nl: '(mag leeg)', en: '(may be empty)' };

/** Characters in one field. */
export const mostCharacters = 4000;

export const tooLong: Bilingual = {
  nl: `Dit is te lang: hooguit ${mostCharacters} tekens. Maak het korter.`,
  en: `This is too long: at most ${mostCharacters} characters. Make it shorter.`,
};

/** An id of HTML for the name of a field. */
export const idOf = (name: string): string => name.replaceAll('.', '-');

/** A text field with its label, hint and error; what was typed stays. */
export function textField({ view, values, errors }: Filling, name: string, look: FieldLook): Part {
  const { say } = view;
  const { label, hint, isOptional, isShort, rows, type = 'text', isNumeric, list } = look;
  const id = idOf(name);
  const error = errors[name];
  const described = [...(hint ? [`${id}-h`] : []), ...(error ? [`${id}-e`] : [])].join(' ');
  const attributes = html`id="${id}" name="${name}" maxlength="${mostCharacters}"${described ? html` aria-describedby="${described}"` : ''}${error ? html` aria-invalid="true"` : ''}`;
  const typed = values[name]?.[0] ?? '';
  return html`<div class="field"><label for="${id}">${say(label)}${isOptional ? html` <span class="faint">${say(mayBeEmpty)}</span>` : ''}</label>${
    hint ? html`<span class="hint" id="${id}-h">${say(hint)}</span>` : ''
  }${
    rows === undefined
      ? html`<input ${attributes} type="${type}" value="${typed}" autocomplete="off"${isShort ? html` class="short"` : ''}${isNumeric ? html` inputmode="numeric"` : ''}${list ? html` list="${list}"` : ''}>`
      : html`<textarea ${attributes} rows="${rows}">
${typed}</textarea>`
  }${error ? errorText(view, error, `${id}-e`) : ''}</div>`;
}

export const errorText = ({ say, icon }: View, error: Bilingual, id: string): Part =>
  html`<p class="error-text" id="${id}">${icon('fail')}<span>${say(error)}</span></p>`;

export type Option = {
  readonly value: string;
  readonly label: Bilingual;
  readonly hint?: Bilingual;
  /** A class by which the style sheet lets another part follow the choice. */
  readonly follows?: string;
};

/** Radio buttons, or boxes of which several may be chosen. */
export function choices(
  { view, values, errors }: Filling,
  name: string,
  {
    legend,
    options,
    isMany = false,
    isHidden = false,
  }: {
    readonly legend: Bilingual;
    readonly options: readonly Option[];
    readonly isMany?: boolean;
    /** The heading of the step says it already. */
    readonly isHidden?: boolean;
  },
): Part {
  const { say } = view;
  const id = idOf(name);
  const error = errors[name];
  return html`<fieldset class="stack" id="${id}"${error ? html` aria-describedby="${id}-e"` : ''}><legend${isHidden ? html` class="vh"` : ''}>${say(legend)}</legend>${
    error ? errorText(view, error, `${id}-e`) : ''
  }${options.map(
    ({ value, label, hint, follows }) =>
      html`<label class="choice boxed"><input type="${isMany ? 'checkbox' : 'radio'}" name="${name}" value="${value}"${values[name]?.includes(value) ? html` checked` : ''}${follows ? html` class="${follows}"` : ''}><span><strong>${say(label)}</strong>${hint ? html`<small>${say(hint)}</small>` : ''}</span></label>`,
  )}</fieldset>`;
}

/** Small boxes of which several may be chosen. */
export const picks = (
  { view, values }: Filling,
  name: string,
  {
    legend,
    hint,
    options,
  }: { readonly legend: Bilingual; readonly hint?: Bilingual; readonly options: readonly Option[] },
): Part =>
  html`<fieldset class="stack"><legend>${view.say(legend)}</legend>${hint ? html`<p class="hint">${view.say(hint)}</p>` : ''}<div class="picks">${options.map(
    ({ value, label }) =>
      html`<label class="pick"><input type="checkbox" name="${name}" value="${value}"${values[name]?.includes(value) ? html` checked` : ''}>${view.say(label)}</label>`,
  )}</div></fieldset>`;

const wrongWords = {
  one: { nl: 'Een ding klopt nog niet', en: 'One thing is not right yet' },
  more: { nl: 'dingen kloppen nog niet', en: 'things are not right yet' },
};

/** What is wrong, above the form, each a link to its field. */
export function errorSummary({ say }: View, errors: Errors): Part | string {
  const found = Object.entries(errors);
  if (found.length === 0) return '';
  return html`<div class="callout fail stack-tight" role="alert" id="wrong" tabindex="-1"><h3>${
    found.length === 1 ? say(wrongWords.one) : `${found.length} ${say(wrongWords.more)}`
  }</h3><ul class="stack-tight small">${found.map(([name, error]) => html`<li><a href="#${idOf(name)}">${say(error)}</a></li>`)}</ul></div>`;
}

/** `14-05-1991` as `1991-05-14`; undefined for a day that does not exist. */
export function dayIn(text: string): string | undefined {
  const found = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(text.trim());
  if (!found) return undefined;
  const [day, month, year] = found.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year >= 1000 ? date.toISOString().slice(0, 10) : undefined;
}

/** `1991-05-14` as `14-05-1991`. */
export const dayShown = (iso: string): string => iso.split('-').reverse().join('-');
