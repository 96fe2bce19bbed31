import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import type { Graph } from '../fhir/graph.ts';
import type { Resource } from '../fhir/resource.ts';
import {
  appliesTo,
  type ConsentContext,
  consentsInForce,
  hasUnknownLimits,
  lifeDomainsOf,
  precisionOf,
  stated,
} from './consent.ts';
import type { NoteConsent } from './evidence/grounds-noted.ts';
import { general, narrowed, type Precision, type Statement, type Verdict, verdictOf } from './precision.ts';
import type { Recipient } from './recipient.ts';
import { isUnderstood } from './understood-consent.ts';

/** Codes of CodeSystem mgn-data-category. */
export type DataCategory = 'contact-data' | 'goals' | 'activities' | 'bsn';

/**
 * A unit of data to disclose or withhold. Without a category it is the request itself: the person and the requested
 * help.
 */
export type DataItem = { readonly category?: DataCategory; readonly lifeDomain?: string | undefined };

/** Verdict for one recipient at one moment, over all Consents of the person in the graph. */
export type ConsentCheck = (item: DataItem) => Verdict;

/**
 * Verdict of the active Consents (toestemming) of a person per data item (https://hl7.org/fhir/R4/consent.html). A
 * permit limited to categories (provision.code) or life domains permits those; the specific prevails over the general,
 * and an objection over a permit of the same precision; a Consent that is not understood as a whole permits nothing. The
 * BSN is permitted only by name. `note` is called for each statement on what is asked.
 */
export function explicitConsent(
  graph: Graph,
  person: Resource | undefined,
  recipient: Recipient,
  now: Date,
  note?: NoteConsent,
): ConsentCheck {
  const inForce = consentsInForce(graph)
    .filter((it) => mayApplyTo(it, person, graph))
    .map((it) => [it, { graph, recipient, now, understood: isUnderstood(it, now) }] as const);
  const decided = new Map<string, Verdict>();
  return (item) => {
    // A plan may have hundreds of goals and activities, of few kinds.
    const kind = `${item.category ?? ''} ${item.lifeDomain ?? ''}`;
    const known = decided.get(kind);
    if (known) return known;
    const verdict = verdictOf(
      inForce.flatMap(([it, context]) => {
        const statements = statementsOf(it, item, person, context);
        for (const { verdict: stated } of statements) note?.(it, stated);
        return statements;
      }),
    );
    decided.set(kind, verdict);
    return verdict;
  };
}

/** A denial without a resolvable patient applies; a permit must belong to this person (see verdictOf). */
function mayApplyTo({ patient }: Consent, person: Resource | undefined, graph: Graph): boolean {
  const patientOfConsent = graph.resolve(patient);
  return patientOfConsent === undefined || patientOfConsent === person;
}

function statementsOf(
  { patient, provision }: Consent,
  item: DataItem,
  person: Resource | undefined,
  context: ConsentContext,
): readonly Statement[] {
  if (!provision) return [];
  const isOfPerson = person !== undefined && context.graph.resolve(patient) === person;
  return ofProvision(provision, { verdict: 'silent', precision: general, named: false }, item, context).filter(
    ({ verdict }) => verdict === 'deny' || isOfPerson,
  );
}

type Parent = { readonly verdict: Verdict; readonly precision: Precision; readonly named: boolean };

function ofProvision(
  provision: ConsentProvision,
  parent: Parent,
  item: DataItem,
  context: ConsentContext,
): readonly Statement[] {
  const verdict = provision.type ?? parent.verdict;
  if (!appliesTo(provision, context) || !covers(provision, item, verdict)) return [];
  const named = parent.named || categoriesOf(provision).includes(item.category ?? '');
  const precision = narrowed(parent.precision, precisionOf(provision));
  const exceptions = (provision.provision ?? []).flatMap((it) =>
    ofProvision(it, { verdict, precision, named }, item, context),
  );
  if (exceptions.length) return exceptions;
  return verdict === 'permit' && item.category === 'bsn' && !named ? [] : stated(verdict, precision, context);
}

function covers(provision: ConsentProvision, { category, lifeDomain }: DataItem, stated: Verdict): boolean {
  if (hasUnknownLimits(provision)) return stated === 'deny';
  const lifeDomains = lifeDomainsOf(provision);
  if (lifeDomains.length > 0 && !lifeDomains.includes(lifeDomain ?? '')) return false;
  if (!provision.code?.length) return true;
  // Any permitted category implies the request with the name of the person; a denial of one category does not deny the
  // request.
  return category === undefined ? stated !== 'deny' : categoriesOf(provision).includes(category);
}

const categoriesOf = ({ code = [] }: ConsentProvision): string[] =>
  code
    .flatMap(({ coding = [] }) => coding)
    .flatMap(({ system, code: it }) => (system === mgnCodeSystem('data-category') && it ? [it] : []));
