import type { Coding } from '@medplum/fhirtypes';
import type { Graph } from '../../fhir/graph.ts';
import { conditionsOf } from './conditions.ts';

/** The subject of the coded complaints; `none` when no code is from a list that states it. */
export type Complaint = { readonly complaint: 'psychological' | 'other' | 'none'; readonly icpcChapters: string };

const icpc = /^http:\/\/hl7\.org\/fhir\/sid\/icpc-/;
const dsm = 'http://hl7.org/fhir/sid/dsm5';

/** From the ICPC chapter (P psychological, Z social); every DSM-5 code is psychological. */
export function complaintOf(graph: Graph): Complaint {
  const codings: Coding[] = [
    ...conditionsOf(graph).flatMap(({ code }) => code?.coding ?? []),
    ...graph.all('ServiceRequest').flatMap(({ reasonCode = [] }) => reasonCode.flatMap(({ coding = [] }) => coding)),
  ];
  const chapters = codings.flatMap(({ system, code }) => {
    const chapter = system && icpc.test(system) ? /^[A-Z](?=[0-9]{2})/.exec(code ?? '')?.[0] : undefined;
    return chapter ? [chapter] : [];
  });
  const icpcChapters = [...new Set(chapters)].sort().join('');
  if (/[PZ]/.test(icpcChapters) || codings.some(({ system }) => system === dsm))
    return { complaint: 'psychological', icpcChapters };
  return { complaint: icpcChapters ? 'other' : 'none', icpcChapters };
}
