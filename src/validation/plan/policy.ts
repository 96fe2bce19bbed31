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
  /** A profile in meta.profile, or of an element, that is not loaded: leaves the verdict undecided, or only informs. */
  readonly unloadedProfiles: 'undecided' | 'information';
  /** Severity of an entry without fullUrl in a Bundle whose entries must have one. */
  readonly missingFullUrls: 'error' | 'warning';
  /** Severity of a link inside a narrative that leads nowhere: HL7's validator refuses it, R4 has no such rule. */
  readonly narrativeLinks: 'error' | 'warning';
  /**
   * Code systems, value sets and profiles (canonicals) that are not checked, each with the name of the person who waived
   * it.
   */
  readonly waive: ReadonlyMap<string, string>;
};
