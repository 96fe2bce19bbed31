/** A system that takes in HL7 v2: `mllp://host:port`, `mllps://host:port` (TLS), or `https://` (HL7 over HTTP). */
export type Hl7Settings = { readonly kind: 'hl7v2'; readonly address: string };
