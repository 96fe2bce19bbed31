import type { Bundle, Identifier, Patient, Reference } from '@medplum/fhirtypes';
import { identifierSystems } from '../../fhir/identifier.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';

const bsnSystem = identifierSystems.bsn;

type ReferenceWithBsn = { readonly holder: { identifier?: Identifier; reference?: string }; readonly path: string };

/**
 * A BSN lives in Patient.identifier only. Some senders put it beside a reference, as in Task.for.identifier: it is
 * accepted there and moved, so that no reading, search or delivery of a Task gives it away. Changes the adopted graph
 * in place, which is the gateway's own copy. Refused when it is not the number of the Patient that the reference means.
 */
export function moveBsnToPatient(graph: Bundle): Result<Bundle> {
  const issues: Issue[] = [];
  for (const [index, { resource }] of (graph.entry ?? []).entries()) {
    if (!resource || isType(resource, 'Bundle') || !hasBsnInReference(resource, resource)) continue;
    for (const { holder, path } of referencesWithBsn(resource, `Bundle.entry[${index}].resource`)) {
      const patient = targetPatient(graph, holder);
      const given = holder.identifier!;
      delete holder.identifier;
      if (patient) {
        const known = patient.identifier?.find(({ system }) => system === bsnSystem);
        if (known && known.value !== given.value)
          return failure(issue('bsn-mismatch', {}, { expression: `${path}.identifier` }));
        if (!known) patient.identifier = [...(patient.identifier ?? []), given];
        holder.reference ??= `Patient/${patient.id}`;
      }
      issues.push(issue('bsn-removed-from-reference', {}, { expression: `${path}.identifier` }));
    }
  }
  return success(graph, issues);
}

/** The Patient that a reference leads to; one without address and type can only mean the person of the referral. */
function targetPatient({ entry = [] }: Bundle, { reference, type }: Reference): Patient | undefined {
  if (reference === undefined && type !== undefined && type !== 'Patient') return undefined;
  const patients = entry.flatMap(({ resource }) => (isType(resource, 'Patient') ? [resource] : []));
  return reference === undefined ? patients[0] : patients.find(({ id }) => reference === `Patient/${id}`);
}

/** Whether there is any to be found: most messages have none, and are spared the paths. */
function hasBsnInReference(value: object, resource: Resource): boolean {
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member !== 'object' || member === null) continue;
    if (key === 'identifier' && value !== resource && (member as Identifier).system === bsnSystem) return true;
    if (hasBsnInReference(member, resource)) return true;
  }
  return false;
}

/** An `identifier` that is one object is that of a Reference, but for some resources' own, which stand at their root. */
function referencesWithBsn(resource: Resource, root: string): ReferenceWithBsn[] {
  const found: ReferenceWithBsn[] = [];
  const walk = (value: object, path: string): void => {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key];
      if (typeof member !== 'object' || member === null) continue;
      const here = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
      if (key === 'identifier' && value !== resource && (member as Identifier).system === bsnSystem)
        found.push({ holder: value as ReferenceWithBsn['holder'], path });
      else walk(member, here);
    }
  };
  walk(resource, root);
  return found;
}
