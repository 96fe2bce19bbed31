import type { CodeSystem, CodeSystemConcept, Resource, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { pageHead } from '../frame/head.ts';
import type { Part, View } from '../frame/view.ts';
import { canonicalLink } from './definition-link.ts';
import { elementTree } from './element-tree.ts';
import { inLanguage } from './in-language.ts';

const words = {
  title: { nl: 'Profielen en codes', en: 'Profiles and codes' },
  sentence: {
    nl: 'Wat een bericht moet zijn, boven FHIR R4: dezelfde definities waarmee de gateway controleert.',
    en: 'What a message has to be beyond FHIR R4: the definitions that the gateway validates with.',
  },
  all: { nl: 'Alle profielen en codes', en: 'All profiles and codes' },
  name: { nl: 'Naam', en: 'Name' },
  of: { nl: 'Van', en: 'Of' },
  purpose: { nl: 'Waarvoor', en: 'Purpose' },
  code: { nl: 'Code', en: 'Code' },
  display: { nl: 'Betekenis', en: 'Display' },
  own: { nl: 'Wat het toevoegt', en: 'What it adds' },
  whole: { nl: 'Alle elementen', en: 'All elements' },
  elements: { nl: 'Elementen', en: 'Elements' },
  codes: { nl: 'Codes', en: 'Codes' },
  includes: { nl: 'Bevat', en: 'Includes' },
  everyCode: { nl: 'alle codes van', en: 'all codes of' },
  base: { nl: 'Gebaseerd op', en: 'Based on' },
  version: { nl: 'Versie', en: 'Version' },
  json: { nl: 'Als JSON, met een login', en: 'As JSON, with a login' },
  facts: { nl: 'Gegevens', en: 'Facts' },
};

/** A definition of the package of this gateway. */
export type Defined = Resource & { readonly id: string; readonly url: string };

/** The types that have a page, in the order of the list. */
export const documentedTypes = ['StructureDefinition', 'ValueSet', 'CodeSystem', 'Questionnaire'] as const;
export type DocumentedType = (typeof documentedTypes)[number];

const names: Readonly<Record<DocumentedType, Bilingual>> = {
  StructureDefinition: { nl: 'Profielen en extensies', en: 'Profiles and extensions' },
  ValueSet: { nl: 'Waardelijsten', en: 'Value sets' },
  CodeSystem: { nl: 'Codestelsels', en: 'Code systems' },
  Questionnaire: { nl: 'Vragenlijsten', en: 'Questionnaires' },
};

export const definitionsTitle = ({ say }: View): string => say(words.title);

export const titleOf = (it: Defined, { language }: View): string => inLanguage(it, 'title', language) || it.id;

/** All definitions, by type. */
export function definitionsPage(view: View, definitions: Readonly<Record<DocumentedType, readonly Defined[]>>): Part {
  const { say } = view;
  return html`${crumb(view, '/docs', { nl: 'Documentatie', en: 'Documentation' })}${pageHead(say(words.title), say(words.sentence))}
<div class="stack-wide">${documentedTypes.map(
    (
      type,
    ) => html`<section class="card flush" aria-labelledby="${type}"><div class="card-head"><h2 id="${type}">${say(names[type])}</h2></div>
<div class="table-wrap"><table class="card-list"><thead><tr><th scope="col">${say(words.name)}</th>${type === 'StructureDefinition' ? html`<th scope="col">${say(words.of)}</th>` : ''}<th scope="col">${say(words.purpose)}</th></tr></thead><tbody>${definitions[
      type
    ].map(
      (it) =>
        html`<tr><th scope="row"><a href="/docs/definitions/${type}/${it.id}">${titleOf(it, view)}</a><br><code class="small faint">${it.id}</code></th>${it.resourceType === 'StructureDefinition' ? html`<td>${it.type}</td>` : ''}<td class="wide soft" lang="en">${'description' in it ? it.description : ''}</td></tr>`,
    )}</tbody></table></div></section>`,
  )}</div>`;
}

/** One definition. `isWhole`: with the elements that a profile inherits. */
export function definitionPage(view: View, it: Defined, isWhole: boolean): Part {
  const { say } = view;
  return html`<header class="page-head"><div>${crumb(view, '/docs/definitions', words.all)}<h1>${titleOf(it, view)}</h1><p lang="en">${'description' in it ? it.description : ''}</p></div></header>
<div class="stack-wide">
<section class="card" aria-labelledby="facts"><h2 class="vh" id="facts">${say(words.facts)}</h2><dl class="facts">
<dt>Canonical</dt><dd><code>${it.url}</code></dd>
${it.resourceType === 'StructureDefinition' ? html`<dt>${say(words.base)}</dt><dd>${canonicalLink(it.baseDefinition ?? it.type)}</dd>` : ''}
<dt>${say(words.version)}</dt><dd>${'version' in it ? it.version : ''}</dd>
<dt>${say(words.json)}</dt><dd><code>GET /fhir/${it.resourceType}/${it.id}</code></dd>
</dl></section>
${content(view, it, isWhole)}</div>`;
}

function content(view: View, it: Defined, isWhole: boolean): Part | string {
  if (it.resourceType === 'StructureDefinition') return profile(view, it, isWhole);
  if (it.resourceType === 'CodeSystem') return codeSystem(view, it);
  if (it.resourceType === 'ValueSet') return valueSet(view, it);
  return html`<section class="card"><pre tabindex="0"><code>${JSON.stringify(it, undefined, 2)}</code></pre></section>`;
}

function profile(view: View, it: StructureDefinition, isWhole: boolean): Part {
  const { say } = view;
  const choice = (whole: boolean) =>
    html`<a href="/docs/definitions/${it.resourceType}/${it.id}${whole ? '?elements=all' : ''}"${whole === isWhole ? html` aria-current="true"` : ''}>${say(whole ? words.whole : words.own)}</a>`;
  return html`<section class="card flush" aria-labelledby="elements"><div class="card-head"><h2 id="elements">${say(words.elements)}</h2><div class="segments">${choice(false)}${choice(true)}</div></div>${elementTree(view, it, isWhole)}</section>`;
}

const codeSystem = (view: View, { concept = [] }: CodeSystem): Part =>
  html`<section class="card flush" aria-labelledby="codes"><div class="card-head"><h2 id="codes">${view.say(words.codes)}</h2></div><div class="table-wrap"><table class="card-list"><thead><tr><th scope="col">${view.say(words.code)}</th><th scope="col">${view.say(words.display)}</th></tr></thead><tbody>${concepts(view, concept)}</tbody></table></div></section>`;

const concepts = (view: View, list: readonly CodeSystemConcept[]): Part =>
  html`${list.map(
    (it) =>
      html`<tr><th scope="row"><code>${it.code}</code></th><td class="wide">${displayOf(it, view)}${it.definition ? html`<br><span class="small faint" lang="en">${it.definition}</span>` : ''}</td></tr>${concepts(view, it.concept ?? [])}`,
  )}`;

const displayOf = (
  { display = '', designation = [] }: Pick<CodeSystemConcept, 'display' | 'designation'>,
  { language }: View,
): string => designation.find((it) => it.language === language)?.value ?? display;

function valueSet(view: View, { compose }: ValueSet): Part {
  const { say } = view;
  return html`<section class="card" aria-labelledby="includes"><h2 id="includes">${say(words.includes)}</h2><ul class="plain stack-tight">${(
    compose?.include ?? []
  ).map(
    ({ system, valueSet: sets = [], concept = [] }) =>
      html`${concept.length === 0 && system ? html`<li>${say(words.everyCode)} ${canonicalLink(system)}</li>` : ''}${sets.map((it) => html`<li>${canonicalLink(it)}</li>`)}${concept.map(
        (it) =>
          html`<li><code>${it.code}</code> ${displayOf(it, view)} <span class="small faint">${canonicalLink(system ?? '')}</span></li>`,
      )}`,
  )}</ul></section>`;
}

const crumb = ({ icon, say }: View, address: string, text: Bilingual): Part =>
  html`<p class="crumb"><a href="${address}">${icon('chevron-left')}${say(text)}</a></p>`;
