import { html } from 'hono/html';
import { type Decision, explainRules } from '../../routing/index.ts';
import type { Part, View } from '../frame/view.ts';

const words = {
  heading: { nl: 'Waarom het daarheen gaat', en: 'Why it goes there' },
  to: { nl: 'Naar', en: 'To' },
  human: { nl: 'Mensen beslissen. Het gaat naar', en: 'People decide. It goes to' },
  refused: { nl: 'Het gaat nergens heen', en: 'It goes nowhere' },
  rules: { nl: 'Regels, op volgorde, tot er een beslist', en: 'Rules, in order, up to the one that decides' },
  decides: { nl: 'beslist', en: 'decides' },
  kept: { nl: 'past', en: 'fits' },
  dropped: { nl: 'past niet', en: 'does not fit' },
  elsewhere: { nl: 'meer: de persoon woont buiten hun gebied', en: 'more: the person lives outside their catchment' },
  none: {
    nl: 'Er is nog geen besluit. Dat komt als het bericht goed is.',
    en: 'There is no decision yet. It follows once the message is valid.',
  },
};

/** The decisions on the owner, each as a tree: rules in order, and the services that the deciding rule evaluated. */
export function routeCard(view: View, decisions: readonly Decision[]): Part {
  const { say } = view;
  return html`<section class="card w-5 stack" aria-labelledby="route"><div class="card-head"><h2 id="route">${say(words.heading)}</h2></div>
${decisions.length === 0 ? html`<p class="soft">${say(words.none)}</p>` : decisions.map((it) => decided(view, it))}</section>`;
}

function decided(view: View, decision: Decision): Part {
  const { say, language } = view;
  const headline =
    decision.kind === 'refused'
      ? say(words.refused)
      : `${say(decision.kind === 'human' ? words.human : words.to)} ${decision.owner.display}`;
  return html`<p class="stack-tight"><strong>${headline}</strong><span class="small soft">${decision.reason[language]}</span></p>
<h3 class="small faint">${say(words.rules)}</h3>
<ol class="tree">${explainRules(decision, language).map((it) => rule(view, decision, it))}</ol>`;
}

const rule = (view: View, decision: Decision, it: ReturnType<typeof explainRules>[number]): Part => {
  const { say, icon } = view;
  const evaluated = candidates(view, decision, it.rule);
  return it.decides
    ? html`<li class="decides">${icon('ok', 'ok')}<div><strong><code>${it.rule}</code> ${say(words.decides)}</strong>${evaluated}</div></li>`
    : html`<li>${icon('idle', 'faint')}<div><code>${it.rule}</code><br><span class="faint">${it.text}</span>${evaluated}</div></li>`;
};

function candidates(
  { say, icon, language }: View,
  { candidates: all, elsewhere }: Decision,
  of: string,
): Part | string {
  const shown = all.filter(({ rule }) => rule === of);
  const more = elsewhere.find(({ rule }) => rule === of)?.count ?? 0;
  if (shown.length === 0 && more === 0) return '';
  return html`<ul class="tree">${shown.map(
    ({ name, kept, because }) =>
      html`<li${kept ? html` class="decides"` : ''}>${kept ? icon('plus', 'ok') : icon('minus', 'faint')}<div>${name}<span class="vh">, ${say(kept ? words.kept : words.dropped)}</span><br><span class="faint">${because[language]}</span></div></li>`,
  )}${more > 0 ? html`<li>${icon('minus', 'faint')}<div class="faint">${more} ${say(words.elsewhere)}</div></li>` : ''}</ul>`;
}
