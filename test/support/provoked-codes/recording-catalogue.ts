import { appendFileSync } from 'node:fs';
import { catalogue as rules } from '../../../src/fhir/catalogue/index.ts';

/** Stands in for the catalogue while tests run, and writes down each code that the gateway builds an issue of. */
const recorded = new Set<string | symbol>();

export const catalogue = new Proxy(rules, {
  get: (target, code, receiver) => {
    const file = process.env.PROVOKED_CODES;
    if (file && !recorded.has(code)) {
      recorded.add(code);
      appendFileSync(file, `${String(code)}\n`);
    }
    return Reflect.get(target, code, receiver);
  },
});
