/** A folder from which the partner takes its messages. */
export type FileSettings = {
  readonly kind: 'file';
  /** Absolute path; it exists. */
  readonly folder: string;
};
