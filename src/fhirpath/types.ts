import { isA, typeModel, typeNames } from '../fhir/model.ts';
import { FhirPathSyntaxError, type Position } from './error.ts';

/**
 * Types are named by their FHIR name (`Patient`, `Patient.contact`, `code`) or, those of FHIRPath itself, by `System.` and
 * theirs (`System.Integer`); see https://hl7.org/fhirpath/N1/#models.
 */
export type TypeName = string;

const systemTypes = new Set([
  'Any',
  'Boolean',
  'String',
  'Integer',
  'Long',
  'Decimal',
  'Date',
  'DateTime',
  'Time',
  'Quantity',
]);

/** Profiles of Quantity that R4's own expressions use as type names. */
const aliases: Readonly<Record<string, string>> = { SimpleQuantity: 'Quantity', MoneyQuantity: 'Quantity' };

/** Types of R4B and R5 that R4 does not have: profiles published for several releases name them. */
const laterTypes: ReadonlySet<string> = new Set(
  'ActorDefinition AdministrableProductDefinition ArtifactAssessment Availability Citation ClinicalUseDefinition CodeableReference ConditionDefinition DeviceAssociation DeviceDispense DeviceUsage EncounterHistory EvidenceReport ExtendedContactDetail FormularyItem GenomicStudy ImagingSelection Ingredient InventoryItem InventoryReport ManufacturedItemDefinition MedicinalProductDefinition MonetaryComponent NutritionIntake NutritionProduct PackagedProductDefinition Permission RatioRange RegulatedAuthorization Requirements SubscriptionStatus SubscriptionTopic SubstanceDefinition TestPlan Transport VirtualServiceDetail integer64'.split(
    ' ',
  ),
);

/** The type argument of `is`, `as` and `ofType`; an unqualified `Quantity` is FHIR's or System's. */
export type TypeSpecifier = { readonly fhir: string | undefined; readonly system: TypeName | undefined };

/** Resolves `Quantity`, `FHIR.Patient`, `System.String`. Throws FhirPathSyntaxError for a name outside both models. */
export function resolveType(text: string, at: Position, lenient = false): TypeSpecifier {
  const [namespace, name] = text.includes('.') ? (text.split('.', 2) as [string, string]) : [undefined, text];
  const fhirName = aliases[name] ?? name;
  const fhir = namespace !== 'System' && typeModel(fhirName) ? fhirName : undefined;
  const system = namespace !== 'FHIR' && systemTypes.has(name) ? `System.${name}` : undefined;
  // an unknown System type is valid, but no value has it; leniently the same holds for a type of a later release
  const known = fhir ?? system ?? (namespace === 'System' || (lenient && laterTypes.has(name)) ? '' : undefined);
  if (known === undefined || (namespace && namespace !== 'System' && namespace !== 'FHIR'))
    throw new FhirPathSyntaxError(`there is no type ${text}`, at, 'semantic');
  return { fhir, system };
}

/** Whether a model has a type of this name: `Patient`, `Patient.contact`, `System.String`. */
export const isType = (name: TypeName): boolean =>
  typeModel(name) !== undefined || (name.startsWith('System.') && systemTypes.has(name.slice('System.'.length)));

/** Whether `type` is the specified type or derived from it. */
export function isOf(type: TypeName | undefined, { fhir, system }: TypeSpecifier): boolean {
  if (system === 'System.Any') return true;
  if (type === undefined) return false;
  return type === system || (fhir !== undefined && isA(type, fhir));
}

let bases: ReadonlySet<string> | undefined;

/** Whether the type has subtypes: `Resource`, `uri`, `Quantity`. */
export function hasSubtypes(name: TypeName): boolean {
  bases ??= new Set(typeNames().flatMap((it) => typeModel(it)?.base ?? []));
  return bases.has(name);
}

/** Types whose values carry their own type (`resourceType`), so that a path cannot be compiled for one shape. */
export const isPolymorphic = (name: TypeName): boolean =>
  name === 'Resource' ||
  name === 'DomainResource' ||
  name === 'Element' ||
  name === 'BackboneElement' ||
  name === 'MetadataResource';

/** The System type of a FHIR primitive (https://hl7.org/fhir/R4/fhirpath.html#types). */
export type PrimitiveKind = 'string' | 'boolean' | 'integer' | 'decimal' | 'date' | 'dateTime' | 'time';

const primitiveKinds: Readonly<Record<string, PrimitiveKind>> = {
  base64Binary: 'string',
  boolean: 'boolean',
  canonical: 'string',
  code: 'string',
  date: 'date',
  dateTime: 'dateTime',
  decimal: 'decimal',
  id: 'string',
  instant: 'dateTime',
  integer: 'integer',
  markdown: 'string',
  oid: 'string',
  positiveInt: 'integer',
  string: 'string',
  time: 'time',
  unsignedInt: 'integer',
  uri: 'string',
  url: 'string',
  uuid: 'string',
  xhtml: 'string',
};

export const primitiveKind = (type: TypeName | undefined): PrimitiveKind | undefined =>
  type !== undefined && Object.hasOwn(primitiveKinds, type) ? primitiveKinds[type] : undefined;

const kindOfSystem: Readonly<Record<string, PrimitiveKind>> = {
  'System.String': 'string',
  'System.Boolean': 'boolean',
  'System.Integer': 'integer',
  'System.Decimal': 'decimal',
};

/** The JavaScript type of a primitive of either type system: a `code` and a `System.String` are strings. */
export const jsKind = (type: TypeName | undefined): PrimitiveKind | undefined =>
  primitiveKind(type) ?? (type === undefined ? undefined : kindOfSystem[type]);

/** The System type that a FHIR primitive converts to. */
export function systemTypeOf(type: TypeName | undefined): TypeName | undefined {
  if (type === undefined || type.startsWith('System.')) return type;
  const kind = primitiveKind(type);
  if (kind) return `System.${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return isA(type, 'Quantity') ? 'System.Quantity' : undefined;
}
