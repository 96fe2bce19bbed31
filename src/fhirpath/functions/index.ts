import { conversion } from './conversion.ts';
import { dates } from './dates.ts';
import type { FunctionTable } from './define.ts';
import { existence } from './existence.ts';
import { fhir } from './fhir.ts';
import { filtering } from './filtering.ts';
import { math } from './math.ts';
import { strings } from './strings.ts';
import { subsetting } from './subsetting.ts';
import { utility } from './utility.ts';

/** Every function that an expression can call. */
export const functions: FunctionTable = {
  ...existence,
  ...filtering,
  ...subsetting,
  ...conversion,
  ...strings,
  ...math,
  ...dates,
  ...utility,
  ...fhir,
};
