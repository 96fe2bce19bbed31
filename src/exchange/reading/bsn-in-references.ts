import type { Bundle, Identifier, Patient, Reference } from '@medplum/fhirtypes';
import { identifierSystems } from '../../fhir/identifier.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';

const bsnSystem = identifierSystems.bsn;

type ReferenceWithBsn = { readonly reference: { identifier?: Identifier; reference?: string }; readonly path: string };

/**
 * A BSN belongs in Patient.identifier only. Some senders put it in a reference, as in Task.for.identifier. It is moved
 * from there, so that no read, search or delivery of a Task discloses it. Changes the adopted graph in place, which is
 * the gateway's own copy. Issues: `bsn-mismatch` when it is not the BSN of the referenced Patient; warns
 * `bsn-removed-from-reference`.
 */
export function moveBsnToPatient(graph: Bundle): Result<Bundle> {
  const issues: Issue[] = [];
  let patients: readonly Patient[] | undefined;
  for (const [index, { resource }] of (graph.entry ?? []).entries()) {
    if (!resource || isType(resource, 'Bundle') || !hasBsnInReference(resource, resource)) continue;
    for (const { reference, path } of referencesWithBsn(resource, `Bundle.entry[${index}].resource`)) {
      patients ??= (graph.entry ?? []).flatMap(({ resource: it }) => (isType(it, 'Patient') ? [it] : []));
      const patient = targetPatient(patients, reference);
      const identifier = reference.identifier!;
      delete reference.identifier;
      if (patient) {
        const existing = patient.identifier?.find(({ system }) => system === bsnSystem);
        if (existing && existing.value !== identifier.value)
          return failure(issue('bsn-mismatch', {}, { expression: `${path}.identifier` }));
        if (!existing) patient.identifier = [...(patient.identifier ?? []), identifier];
        reference.reference ??= `Patient/${patient.id}`;
      }
      issues.push(issue('bsn-removed-from-reference', {}, { expression: `${path}.identifier` }));
    }
  }
  return success(graph, issues);
}

const isSameBsn = (one: Identifier, other: Identifier | undefined): boolean =>
  one.system === bsnSystem && one.value !== undefined && one.value === other?.value;

/** The referenced Patient; a reference without address and type is to the one with this BSN, or to the only one. */
function targetPatient(patients: readonly Patient[], { reference, type, identifier }: Reference): Patient | undefined {
  if (reference === undefined && type !== undefined && type !== 'Patient') return undefined;
  if (reference !== undefined) return patients.find(({ id }) => reference === `Patient/${id}`);
  const named = patients.find((it) => it.identifier?.some((one) => isSameBsn(one, identifier)));
  return named ?? (patients.length === 1 ? patients[0] : undefined);
}

/** Most messages have no BSN in a reference, and building the paths is expensive. */
function hasBsnInReference(value: object, resource: Resource): boolean {
  // V8 compiles a loop over the keys of objects and of arrays again and again: each gets its own.
  if (Array.isArray(value)) return value.some((it) => isObject(it) && hasBsnInReference(it, resource));
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (!isObject(member)) continue;
    if (key === 'identifier' && value !== resource && (member as Identifier).system === bsnSystem) return true;
    if (hasBsnInReference(member, resource)) return true;
  }
  return false;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** `identifier` as a single object belongs to a Reference, except at the root of some resources. */
function referencesWithBsn(resource: Resource, root: string): ReferenceWithBsn[] {
  const found: ReferenceWithBsn[] = [];
  const walk = (value: object, path: string): void => {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key];
      if (typeof member !== 'object' || member === null) continue;
      const here = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
      if (key === 'identifier' && value !== resource && (member as Identifier).system === bsnSystem)
        found.push({ reference: value as ReferenceWithBsn['reference'], path });
      else walk(member, here);
    }
  };
  walk(resource, root);
  return found;
}
