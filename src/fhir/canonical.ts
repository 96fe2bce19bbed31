/** The one place of the gateway's canonical base; `mgn profiles build` hands it to the FSH compiler. */
export const canonicalBase = 'https://mgn.example/fhir';

/** The gateway's own profile of a resource: `mgnProfile('referral')`. */
export const mgnProfile = (name: string): string => `${canonicalBase}/StructureDefinition/mgn-${name}`;
export const mgnExtension = (name: string): string => `${canonicalBase}/StructureDefinition/mgn-${name}`;
export const mgnCodeSystem = (name: string): string => `${canonicalBase}/CodeSystem/mgn-${name}`;
/** Systems of identifiers that the gateway or a network of its kind gives out. */
export const mgnNaming = (name: string): string => `${canonicalBase}/NamingSystem/${name}`;
/** What a Subscription can be about; R4 has no SubscriptionTopic resource, so that its canonical URL is all there is. */
export const mgnTopic = (name: string): string => `${canonicalBase}/SubscriptionTopic/mgn-${name}`;
