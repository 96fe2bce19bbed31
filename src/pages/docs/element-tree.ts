import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { Part, View } from '../frame/view.ts';
import { canonicalLink } from './definition-link.ts';
import { inLanguage } from './in-language.ts';

const words = {
  element: { nl: 'Element', en: 'Element' },
  count: { nl: 'Aantal', en: 'Card.' },
  type: { nl: 'Type', en: 'Type' },
  rule: { nl: 'Wat geldt', en: 'What applies' },
  slices: { nl: 'onderscheiden naar', en: 'distinguished by' },
  supported: { nl: 'moet worden ondersteund', en: 'must be supported' },
  warning: { nl: 'waarschuwing', en: 'warning' },
  codes: { nl: 'codes', en: 'codes' },
};

/** Deeper elements are indented as these. */
const deepest = 8;

/**
 * The elements of a profile as a tree (https://hl7.org/fhir/R4/formats.html#table): of its differential, or of its whole
 * snapshot.
 */
export function elementTree(view: View, { differential, snapshot }: StructureDefinition, isWhole: boolean): Part {
  const { say } = view;
  const whole = snapshot?.element ?? [];
  const byId = new Map(whole.map((it) => [it.id, it]));
  const shown = isWhole ? whole : (differential?.element ?? []);
  return html`<div class="table-wrap" tabindex="0"><table class="elements"><thead><tr><th scope="col">${say(words.element)}</th><th scope="col">${say(words.count)}</th><th scope="col">${say(words.type)}</th><th scope="col">${say(words.rule)}</th></tr></thead><tbody>${shown.map(
    (it) => row(view, it, byId.get(it.id) ?? it),
  )}</tbody></table></div>`;
}

/** `own`: what the differential states of it, or the snapshot when that is shown; `whole`: with what it inherits. */
function row(view: View, own: ElementDefinition, whole: ElementDefinition): Part {
  const parts = (own.id ?? own.path ?? '').split('.');
  const depth = Math.min(parts.length, deepest);
  return html`<tr><th scope="row" class="depth-${String(depth)}"><code>${parts.at(-1)}</code></th><td class="nowrap">${parts.length > 1 ? `${whole.min ?? 0}..${whole.max ?? '*'}` : ''}</td><td>${types(own.type ? own : whole)}</td><td class="wide">${rules(view, own)}</td></tr>`;
}

const types = ({ type = [], contentReference }: ElementDefinition): Part | string =>
  contentReference
    ? contentReference.replace(/^.*#/, '')
    : html`${type.map(({ code = '', profile = [], targetProfile = [] }, at) => {
        const others = [...profile, ...targetProfile];
        const targets =
          others.length === 0 ? '' : html` (${others.map((it, n) => html`${n ? ' | ' : ''}${canonicalLink(it)}`)})`;
        return html`${at ? html`<br>` : ''}${code.replace(/^http.*\//, '')}${targets}`;
      })}`;

function rules({ say, language }: View, it: ElementDefinition): Part {
  const value = Object.entries(it).find(([name]) => /^(?:fixed|pattern)[A-Z]/.test(name))?.[1];
  const discriminators = it.slicing?.discriminator?.map(({ path }) => path).join(', ');
  const lines = [
    it.short ?? '',
    it.mustSupport ? say(words.supported) : '',
    discriminators ? html`${say(words.slices)} <code>${discriminators}</code>` : '',
    value === undefined ? '' : html`= <code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`,
    it.binding?.valueSet
      ? html`${say(words.codes)}: ${canonicalLink(it.binding.valueSet)} (${it.binding.strength ?? ''})`
      : '',
    ...(it.constraint ?? []).map((rule) => {
      const text = inLanguage(rule, 'human', language);
      return html`<code>${rule.key}</code> ${text}${rule.severity === 'warning' ? ` (${say(words.warning)})` : ''}`;
    }),
  ].filter((line) => line !== '');
  return html`${lines.map((line, at) => html`${at ? html`<br>` : ''}${line}`)}`;
}
