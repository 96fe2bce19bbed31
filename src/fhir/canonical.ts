/** Canonical base URL of the gateway; `mgn profiles build` passes it to the FSH compiler. */
export const canonicalBase = 'https://mgn.example/fhir';

/** The gateway's own profile of a resource: `mgnProfile('referral')`. */
export const mgnProfile = (name: string): string => `${canonicalBase}/StructureDefinition/mgn-${name}`;
export const mgnExtension = (name: string): string => `${canonicalBase}/StructureDefinition/mgn-${name}`;
export const mgnCodeSystem = (name: string): string => `${canonicalBase}/CodeSystem/mgn-${name}`;
/** Systems of identifiers assigned by the gateway or a network of its kind. */
export const mgnNaming = (name: string): string => `${canonicalBase}/NamingSystem/${name}`;
/** Topic of a Subscription. R4 has no SubscriptionTopic resource, so only the canonical URL exists. */
export const mgnTopic = (name: string): string => `${canonicalBase}/SubscriptionTopic/mgn-${name}`;
