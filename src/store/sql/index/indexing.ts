import type { Resource } from '../../../fhir/resource.ts';
import type { HideValue } from '../../search-index.ts';
import type { IndexRows } from './rows.ts';

export type { IndexRows } from './rows.ts';

export type Indexing = {
  readonly of: (resource: Resource) => IndexRows;
  /** Number of a parameter with rows in the table `token`; of an alias that of the parameter it is stored as. */
  readonly key: (type: string, parameter: string) => number;
  /** The keyed hash of a value. */
  readonly hide: HideValue;
};
