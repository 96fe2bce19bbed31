import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import type { Graph } from '../fhir/graph.ts';
import type { Resource } from '../fhir/resource.ts';
import { hasUnknownLimits, lifeDomainsOf, speaksOf, strongest, type Verdict } from './consent.ts';
import type { Recipient } from './recipient.ts';

/** Codes of CodeSystem mgn-data-category. */
export type DataCategory = 'contact-data' | 'goals' | 'activities' | 'bsn';

/** One piece of data that may go or not; without a category it is the request itself: who, and what is asked. */
export type Piece = { readonly category?: DataCategory; readonly lifeDomain?: string | undefined };

/** Answers for one recipient at one moment, over all Consents of the person in the graph. */
export type ConsentFor = (piece: Piece) => Verdict;

type About = { readonly graph: Graph; readonly recipient: Recipient; readonly now: Date };

/**
 * What the active Consents of a person say about one recipient, piece by piece (https://hl7.org/fhir/R4/consent.html).
 * A permit limited to categories (provision.code) or life domains permits those; an objection within its limits wins;
 * limits that are not understood make a permit permit nothing. The BSN is permitted only where it is named.
 */
export function explicitConsent(
  graph: Graph,
  person: Resource | undefined,
  recipient: Recipient,
  now: Date,
): ConsentFor {
  const about = { graph, recipient, now };
  const active = graph.all('Consent').filter((it) => it.status === 'active' && mayConcern(it, person, graph));
  return (piece) =>
    strongest(
      active.map((it) => verdictOf(it, piece, person, about)),
      'silent',
    );
}

/** An objection that does not lead to a known person counts; a permission has to be this person's. */
function mayConcern({ patient }: Consent, person: Resource | undefined, graph: Graph): boolean {
  const whose = graph.resolve(patient);
  return whose === undefined || whose === person;
}

function verdictOf(consent: Consent, piece: Piece, person: Resource | undefined, about: About): Verdict {
  const own = consent.provision && ofProvision(consent.provision, { verdict: 'silent', named: false }, piece, about);
  const isTheirs = person !== undefined && about.graph.resolve(consent.patient) === person;
  return own === 'permit' && !isTheirs ? 'silent' : (own ?? 'silent');
}

type Parent = { readonly verdict: Verdict; readonly named: boolean };

function ofProvision(provision: ConsentProvision, parent: Parent, piece: Piece, about: About): Verdict | undefined {
  const told = provision.type ?? parent.verdict;
  if (!speaksOf(provision, about) || !covers(provision, piece, told)) return undefined;
  const named = parent.named || categoriesOf(provision).includes(piece.category ?? '');
  const own = told === 'permit' && piece.category === 'bsn' && !named ? 'silent' : told;
  const exceptions = (provision.provision ?? []).flatMap(
    (it) => ofProvision(it, { verdict: told, named }, piece, about) ?? [],
  );
  return strongest(exceptions, own);
}

function covers(provision: ConsentProvision, { category, lifeDomain }: Piece, told: Verdict): boolean {
  if (hasUnknownLimits(provision)) return told === 'deny';
  const lifeDomains = lifeDomainsOf(provision);
  if (lifeDomains.length > 0 && !lifeDomains.includes(lifeDomain ?? '')) return false;
  if (!provision.code?.length) return true;
  // whatever may go, goes with the name of whom it is about; an objection to one category is none to the request
  return category === undefined ? told !== 'deny' : categoriesOf(provision).includes(category);
}

const categoriesOf = ({ code = [] }: ConsentProvision): string[] =>
  code
    .flatMap(({ coding = [] }) => coding)
    .flatMap(({ system, code: it }) => (system === mgnCodeSystem('data-category') && it ? [it] : []));
