import type { Issue } from '../../fhir/issue.ts';
import type { Result } from '../../fhir/result.ts';
import type { Report, ValidateOptions } from '../../validation/index.ts';

/** A map of a request, and the content that it transforms. */
export type TransformJob = {
  /** FML, or a StructureMap in JSON. */
  readonly map: string;
  /** JSON of the definitions that the map may use. */
  readonly definitions: string;
  /** JSON of the content. */
  readonly content: string;
  readonly now: Date;
};

export type Transformed = {
  /** JSON of the output; absent when the map does not compile. */
  readonly output?: string;
  /** Problems of the map, with file and line, or findings of its run. */
  readonly issues: readonly Issue[];
};

/**
 * Work whose time a partner determines: off the main loop, under a deadline, so that other requests are answered meanwhile.
 * A failure is `work-stopped` (deadline, memory) or `work-queue-full`.
 */
export type HeavyWork = {
  readonly transform: (job: TransformJob) => Promise<Result<Transformed>>;
  /** The resource as JSON. */
  readonly validate: (resource: string, options: ValidateOptions) => Promise<Result<Report>>;
  readonly close: () => Promise<void>;
};
