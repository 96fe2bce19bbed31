import type { Browser, Visited } from '../access/browser.ts';
import { formTokenIn } from './console.ts';

/** Begins a registration; returns the address of its draft. */
export async function begunRegistration(browser: Browser, url: string): Promise<string> {
  const page = await browser.visit(`${url}/register`);
  const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const landed = await browser.submit(`${url}/register`, { csrf: formTokenIn(page), request });
  return landed.url.split('?')[0] ?? '';
}

export type Filled = Readonly<Record<string, string | readonly string[]>>;

/** What somebody of a GP practice fills in, a step each. */
export const registration: readonly Filled[] = [
  { 'referrer.role': 'gp', 'referrer.name': 'H. Voorbeeldarts', 'referrer.phone': '0600000002' },
  {
    'person.givenName': 'Sam',
    'person.familyName': 'Testpersoon',
    'person.birthDate': '14-05-1991',
    'person.bsn': '999901102',
  },
  {
    'person.postalCode': '1283 ab',
    'person.houseNumber': '12',
    'person.street': 'Verzonnenlaan',
    'person.city': 'Zonnerveen',
    'person.phone': '0600000031',
  },
  { request: 'Ik slaap slecht en durf de post niet meer te openen.', lifeDomain: ['finances', 'mental-health'] },
  { priority: 'routine' },
  { 'closeOne.name': 'Buurvrouw Proef', 'closeOne.relationship': 'buurvrouw' },
  {
    'share.care': 'yes',
    'share.social': 'yes',
    'share.data': ['contact-data', 'goals'],
    'share.date': '01-12-2025',
  },
  { agreed: 'yes' },
];

/** Sends one step of a form. */
export async function sendStep(
  browser: Browser,
  address: string,
  step: number,
  fields: Filled,
  go = 'next',
): Promise<Visited> {
  const csrf = formTokenIn(await browser.visit(address));
  return browser.submit(`${address}?step=${step}`, { csrf, go, ...fields });
}

/** Fills in the steps up to one, from 1. */
export async function filledIn(browser: Browser, address: string, steps = registration.length - 1): Promise<void> {
  for (const [index, fields] of registration.slice(0, steps).entries())
    await sendStep(browser, address, index + 1, fields);
}

/** What a team fills in of a conversation. */
export const conversation: Filled = {
  date: '26-11-2026',
  question: 'Weer overzicht over mijn geld.',
  'rows.domain': '1',
  'domain.0.domain-life-domain': 'https://mgn.example/fhir/CodeSystem/mgn-zrm-domain|finances',
  'domain.0.domain-well': 'Ik betaal de huur op tijd',
  'domain.0.domain-question': 'De post maakt mij bang.',
  strength: 'Kan goed koken\nHoudt zich aan afspraken',
  'rows.participant': '1',
  'participant.0.participant-name': 'Lot Proefpersoon',
  'participant.0.participant-role': 'https://mgn.example/fhir/CodeSystem/mgn-participant-kind|close-one',
  'rows.goal': '1',
  'goal.0.goal-description': 'Weer overzicht over mijn geld',
  'goal.0.goal-life-domain': ['https://mgn.example/fhir/CodeSystem/mgn-zrm-domain|finances'],
  'rows.agreed': '1',
  'agreed.0.agreed-what': 'Samen de brieven openen',
  'agreed.0.agreed-who': 'Lot en Sam',
  'agreed.0.agreed-by': '03-12-2026',
  outcome: 'https://mgn.example/fhir/CodeSystem/mgn-conversation-outcome|own-network',
};

/** Begins the record of the first registration that the organisation accepted; returns the address of its draft. */
export async function begunConversation(browser: Browser, url: string, task: string): Promise<string> {
  const page = await browser.visit(`${url}/conversation`);
  const form = page.text.split('<form').find((it) => it.includes(`name="task" value="${task}"`)) ?? '';
  const request = /name="request" value="([^"]+)"/.exec(form)?.[1] ?? '';
  const landed = await browser.submit(`${url}/conversation`, { csrf: formTokenIn(page), request, task });
  return landed.url;
}

/** A save, a send, or one more row. */
export async function saveRecord(browser: Browser, address: string, fields: Filled, go = 'save'): Promise<Visited> {
  const csrf = formTokenIn(await browser.visit(address));
  return browser.submit(address, { csrf, go, ...fields });
}
