import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { counted, type Part, type View } from '../frame/view.ts';
import type { Recipient } from './trial.ts';
import { basisWords, purposeWords, reasonWords, typeWords } from './words.ts';

const words = {
  heading: { nl: 'Wat ieder krijgt', en: 'What each recipient gets' },
  basis: { nl: 'grondslag', en: 'legal basis' },
  sent: { nl: 'Verstrekt', en: 'Disclosed' },
  withheld: { nl: 'Niet verstrekt', en: 'Withheld' },
  nothing: { nl: 'Niets.', en: 'Nothing.' },
  nobody: {
    nl: 'Nog niemand krijgt iets. Dat komt als het bericht goed is.',
    en: 'No recipient gets anything yet. That follows once the message is valid.',
  },
  element: { nl: 'element', en: 'element' },
  elements: { nl: 'elementen', en: 'elements' },
  without: { nl: 'zonder', en: 'without' },
};

/** For each recipient what goes, beside what is withheld with its ground. */
export function disclosureCard(view: View, recipients: readonly Recipient[]): Part {
  const { say } = view;
  return html`<section class="card w-7 stack" aria-labelledby="disclosures"><div class="card-head"><h2 id="disclosures">${say(words.heading)}</h2></div>
${recipients.length === 0 ? html`<p class="soft">${say(words.nobody)}</p>` : recipients.map((it) => recipientPart(view, it))}</section>`;
}

const dots: Readonly<Record<string, string>> = { network: 'network', social: 'social', care: 'ggz' };

function recipientPart(view: View, { partner, purpose, legalBasis, receipt, projected }: Recipient): Part {
  const { say, icon } = view;
  const dot = receipt.relation === 'requester' ? 'referrer' : (dots[receipt.domain] ?? '');
  const sent = Object.entries(receipt.disclosed);
  const reduced = withheldElements(projected);
  const kept = receipt.withheld.reduce((sum, { count }) => sum + count, 0);
  return html`<h3 class="who-name"><span class="who-dot ${dot}" aria-hidden="true"></span> ${partner.name}</h3><p class="small soft under-name">${named(view, purposeWords, purpose)}${
    legalBasis ? html` · ${say(words.basis)}: ${named(view, basisWords, legalBasis)}` : ''
  }</p>
<div class="disclosure"><div><h4 class="ok">${icon('sent')}${say(words.sent)}: ${sent.reduce((sum, [, count]) => sum + count, 0)}</h4>${
    sent.length === 0
      ? html`<p class="faint">${say(words.nothing)}</p>`
      : html`<ul>${sent.map(([type, count]) => html`<li>${typeName(view, type, count)}</li>`)}</ul>`
  }</div>
<div class="kept"><h4>${icon('withheld')}${say(words.withheld)}: ${kept}${
    reduced.length > 0
      ? html` <span class="faint">+ ${counted(
          view,
          reduced.reduce((sum, { paths }) => sum + paths.length, 0),
          words.element,
          words.elements,
        )}</span>`
      : ''
  }</h4>${
    kept === 0 && reduced.length === 0
      ? html`<p class="faint">${say(words.nothing)}</p>`
      : html`<ul>${[...Map.groupBy(receipt.withheld, ({ reason }) => reason)].map(
          ([reason, of]) =>
            html`<li>${of.map(({ resourceType, count }, index) => html`${index === 0 ? '' : ', '}${typeName(view, resourceType, count)}`)} <small>${named(view, reasonWords, reason)}</small></li>`,
        )}${reduced.map((it) => element(view, it))}</ul>`
  }</div></div>`;
}

type Reduced = { readonly type: string; readonly paths: readonly string[]; readonly why: Bilingual };

/** Elements withheld from resources that go out in part, by the line that withholds them. */
function withheldElements(projected: Recipient['projected']): readonly Reduced[] {
  return projected.flatMap(({ resources }) =>
    resources.flatMap(({ type, decided }) =>
      decided.some(({ because }) => because === undefined)
        ? decided.flatMap(({ because, paths, explained }) =>
            because ? { type, paths, why: explained?.why ?? reasonWords[because] ?? { nl: because, en: because } } : [],
          )
        : [],
    ),
  );
}

const element = (view: View, { type, paths, why }: Reduced): Part => {
  const shown = [...new Set(paths.map((it) => it.split(/[.[]/)[0] ?? it))];
  return html`<li>${typeName(view, type, 1)} ${view.say(words.without)} <code>${shown.slice(0, 8).join(', ')}${shown.length > 8 ? ', …' : ''}</code> <small>${view.say(why)}</small></li>`;
};

const named = ({ say }: View, of: Readonly<Record<string, Bilingual>>, code: string): string => {
  const found = Object.hasOwn(of, code) ? of[code] : undefined;
  return found ? say(found) : code;
};

const typeName = (view: View, type: string, count: number): Part => {
  const name = named(view, typeWords, type);
  return html`${count === 1 ? '' : `${count} × `}${name}${name === type ? '' : html` <code class="faint">${type}</code>`}`;
};
