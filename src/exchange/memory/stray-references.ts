import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { parseReference, referencesIn } from '../../fhir/reference.ts';
import { isType } from '../../fhir/resource.ts';
import type { LoadedContext } from './look-up.ts';
import { atGateway } from './memory.ts';

/**
 * References that would mix persons: from a graph with its own Patient to another stored Patient or RelatedPerson.
 * Issue: `reference-outside-referral`.
 */
export function strayReferences(bundle: Bundle, { resources }: LoadedContext, base: string): Issue[] {
  const forbidden = new Set<string>();
  if (bundle.entry?.some(({ resource }) => isType(resource, 'Patient')))
    for (const [reference, resource] of resources)
      if (isType(resource, 'Patient') || isType(resource, 'RelatedPerson')) forbidden.add(reference);
  if (forbidden.size === 0) return [];
  return referencesIn(bundle).flatMap(({ text, path }) =>
    text !== undefined && forbidden.has(atGateway(text, base) ?? '')
      ? [issue('reference-outside-referral', {}, { expression: path() })]
      : [],
  );
}

/**
 * A reference in the form of the gateway's own addresses that leads to nothing which the sender may read. Whether its
 * target exists must not show, and must not matter: stored as sent, it would draw the resource of another referral into
 * this one. In an entry with an address of its sender it is the sender's own
 * (https://hl7.org/fhir/R4/bundle.html#references), and stored with that base.
 */
export function outsideReference(
  text: string,
  from: string | undefined,
  base: string,
): 'refused' | { readonly as: string } {
  const reference = parseReference(text);
  if (atGateway(text, base) === undefined) return { as: text };
  const source = from === undefined ? undefined : parseReference(from);
  const isOfSender = reference.kind === 'relative' && source?.kind === 'absolute' && source.base !== base;
  return isOfSender ? { as: `${source.base}/${text}` } : 'refused';
}
