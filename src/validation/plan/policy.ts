export type Policy = {
  /** What an extension is whose definition is not loaded. */
  readonly unknownExtensions: 'ignore' | 'information' | 'warning' | 'error';
  /** URLs on hosts reserved for examples (example.org): meant for tests, suspect in messages. */
  readonly exampleUrls: 'allow' | 'error';
  /** Whether contained resources are held against their own types. */
  readonly contained: 'check' | 'ignore';
  /** Every http reference is taken to be that of a FHIR server, so its type must be one of R4. */
  readonly restfulReferences: boolean;
  /** Code systems and value sets (canonicals) whose codes are not checked, each with who waived it. */
  readonly waive: ReadonlyMap<string, string>;
};
