import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { choices, errorText, type Filling, idOf, picks, textField } from '../form/field.ts';
import type { Part } from '../frame/view.ts';
import { fieldName, mostRows, rows, rowsName, rowsOf } from './answers.ts';
import type { Question } from './questions.ts';

const words = {
  more: { nl: 'Nog een', en: 'One more' },
  choose: { nl: 'Kies', en: 'Choose' },
  perLine: { nl: 'Een per regel. Mag leeg.', en: 'One per line. May be empty.' },
  day: { nl: 'Dag, maand, jaar.', en: 'Day, month, year.' },
  about: { nl: 'onderwerpen', en: 'subjects' },
};

/** Questions of a Questionnaire as cards of a form: a group with its rows, and one to add. */
export const questionCards = (filling: Filling, questions: readonly Question[]): readonly Part[] =>
  questions.map((it) =>
    it.type === 'group'
      ? groupCard(filling, it)
      : html`<section class="card stack" aria-label="${filling.view.say(it.label)}">${field(filling, it, it.linkId)}</section>`,
  );

function groupCard(filling: Filling, it: Question): Part {
  const { view, values } = filling;
  const { say, icon } = view;
  const all = rows(it, values);
  const id = `group-${it.linkId}`;
  return html`<section class="card stack" id="${id}" aria-labelledby="${id}-t"><h2 id="${id}-t">${say(it.label)}</h2>
<input type="hidden" name="${rowsName(it.linkId)}" value="${rowsOf(values, it)}">
${all.map(
  (row) =>
    html`<fieldset class="stack"><legend class="${all.length > 1 ? 'small faint' : 'vh'}">${say(it.label)} ${row + 1}</legend>${it.questions.map((inner) => field(filling, inner, fieldName(it.linkId, row, inner.linkId)))}</fieldset>`,
)}
${it.isRepeated && all.length < mostRows ? html`<p><button class="button quiet" name="go" value="add:${it.linkId}" formnovalidate>${icon('plus')}${say(words.more)}<span class="vh">: ${say(it.label)}</span></button></p>` : ''}</section>`;
}

/** One question: a list to choose from, boxes, or a text. */
export function field(filling: Filling, it: Question, name: string): Part {
  const { label, type, options, isRepeated, isRequired } = it;
  if (options.length > 0 && isRepeated) return boxes(filling, it, name);
  if (options.length > 0 && options.length <= 8 && !name.includes('.'))
    return choices(filling, name, { legend: label, options });
  if (options.length > 0) return select(filling, it, name);
  if (type === 'date' || type === 'dateTime')
    return textField(filling, name, {
      label,
      hint: words.day,
      isShort: true,
      isNumeric: true,
      isOptional: !isRequired,
    });
  if (isRepeated) return textField(filling, name, { label, hint: words.perLine, rows: 3 });
  return textField(filling, name, { label, isOptional: !isRequired, ...(type === 'text' ? { rows: 3 } : {}) });
}

/** Many boxes are folded away until they are asked for, or one was ticked. */
function boxes(filling: Filling, { label, options }: Question, name: string): Part {
  if (options.length <= 8) return picks(filling, name, { legend: label, options });
  const chosen = filling.values[name]?.length ?? 0;
  return html`<details${chosen > 0 ? html` open` : ''}><summary>${filling.view.say(label)}${chosen > 0 ? html` <span class="count">${chosen}</span>` : ''}</summary>${picks(filling, name, { legend: label, options })}</details>`;
}

function select({ view, values, errors }: Filling, { label, options, isRequired }: Question, name: string): Part {
  const { say } = view;
  const id = idOf(name);
  const error: Bilingual | undefined = errors[name];
  const optional: Bilingual = { nl: '(mag leeg)', en: '(may be empty)' };
  return html`<div class="field"><label for="${id}">${say(label)}${isRequired ? '' : html` <span class="faint">${say(optional)}</span>`}</label><select id="${id}" name="${name}"${error ? html` aria-invalid="true" aria-describedby="${id}-e"` : ''}><option value="">${say(words.choose)}</option>${options.map(
    (it) =>
      html`<option value="${it.value}"${values[name]?.includes(it.value) ? html` selected` : ''}>${say(it.label)}</option>`,
  )}</select>${error ? errorText(view, error, `${id}-e`) : ''}</div>`;
}
