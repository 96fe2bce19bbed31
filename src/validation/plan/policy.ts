/** Choices of the operator that change verdicts. */
export type Policy = {
  /** Severity of an extension whose definition is not loaded. */
  readonly unknownExtensions: 'ignore' | 'information' | 'warning' | 'error';
  /** URLs on hosts reserved for examples (example.org): meant for tests, suspect in messages. */
  readonly exampleUrls: 'allow' | 'error';
  /** Whether contained resources are checked against their own types. */
  readonly contained: 'check' | 'ignore';
  /** Treat every http reference as one to a FHIR server, so that its type must be one of R4. */
  readonly restfulReferences: boolean;
  /**
   * Code systems and value sets (canonicals) whose codes are not checked, each with the name of the person who waived
   * it.
   */
  readonly waive: ReadonlyMap<string, string>;
};
