import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Part, View } from '../frame/view.ts';

const words = {
  steps: { nl: 'Stappen', en: 'Steps' },
  step: { nl: 'Stap', en: 'Step' },
  of: { nl: 'van', en: 'of' },
  next: { nl: 'Verder', en: 'Next' },
  back: { nl: 'Terug', en: 'Back' },
  later: { nl: 'Later verder', en: 'Continue later' },
};

export type StepMark = { readonly title: Bilingual; readonly isDone: boolean };

/** The steps beside the form; one that is done can be gone back to. */
export const stepList = ({ say, icon }: View, marks: readonly StepMark[], at: number, address: string): Part =>
  html`<nav class="only-wide" aria-label="${say(words.steps)}"><ol class="timeline small">${marks.map(
    ({ title, isDone }, index) => {
      const symbol = index === at ? icon('edit') : isDone ? icon('ok', 'ok') : icon('idle', 'faint');
      const name =
        index === at || isDone
          ? html`<a href="${address}?step=${index + 1}"${index === at ? html` aria-current="step"` : ''}>${say(title)}</a>`
          : html`<span class="faint">${say(title)}</span>`;
      return html`<li>${symbol}<div>${name}</div></li>`;
    },
  )}</ol></nav>`;

/** Where somebody is, in words and as a bar. */
export function progress({ say }: View, marks: readonly StepMark[], at: number): Part {
  const width = 360 / marks.length;
  const said = `${at + 1} ${say(words.of)} ${marks.length}`;
  return html`<div><p class="small faint">${say(words.step)} ${said} · ${say(marks[at]?.title ?? words.step)}</p><svg class="progress" viewBox="0 0 360 6" preserveAspectRatio="none" role="img" aria-label="${said}">${marks.map(
    (_, index) =>
      html`<rect class="${index < at ? 'f-network light' : index === at ? 'f-network' : 'f-mute'}" x="${(index * width).toFixed(1)}" width="${(width - 4).toFixed(1)}" height="6" rx="2"/>`,
  )}</svg></div>`;
}

/** The buttons at the foot of a step. The first button of a form is what Enter does. */
export const stepButtons = (
  { say, icon }: View,
  { at, send }: { readonly at: number; readonly send?: Bilingual },
): Part =>
  html`<div class="actions">${
    send
      ? html`<button class="button primary" name="go" value="send">${icon('sent')}${say(send)}</button>`
      : html`<button class="button primary" name="go" value="next">${say(words.next)}${icon('arrow-right')}</button>`
  }${at > 0 ? html`<button class="button" name="go" value="back" formnovalidate>${icon('chevron-left')}${say(words.back)}</button>` : ''}<button class="button" name="go" value="later" formnovalidate>${icon('pause')}${say(words.later)}</button></div>`;
