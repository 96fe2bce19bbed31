/** Requests to a terminology server: names of definitions and a code, nothing else of a message. */
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { identifierSystems, normaliseSystem } from '../fhir/identifier.ts';
import type { Question } from '../validation/index.ts';

export type ValidateCodeRequest = {
  readonly operation: 'CodeSystem' | 'ValueSet';
  readonly system: string;
  readonly code: string;
  readonly version?: string;
  /** Canonical, with its version after a `|`. */
  readonly valueSet?: string;
};

type Coding = Question['codings'][number];

const plainSystem = /^(?:https?:\/\/|urn:)[^\s?#@]{1,255}$/;
// A code with blanks or other signs may be text typed by a person. Expressions of SNOMED CT are excluded with it.
const plainCode = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}$/;
const plainVersion = /^[A-Za-z0-9._:/-]{1,200}$/;
const plainValueSet = /^(?:https?:\/\/|urn:)[^\s#]{1,2000}$/;

const personIdentifierSystems: ReadonlySet<string> = new Set(Object.values(identifierSystems));

/** The system of an element of type code is that of its value set, when that has only one. */
export const withSystem = ({ systems }: Question, coding: Coding): Coding => {
  const [only, ...others] = systems;
  return coding.system === undefined && only && others.length === 0 ? { ...coding, system: only } : coding;
};

/**
 * Whether a code may be disclosed to another server: a code of a code system, never an identifier of a person or free
 * text.
 */
export const isDisclosable = ({ system = '', code, version }: Coding): boolean =>
  plainSystem.test(system) &&
  !personIdentifierSystems.has(normaliseSystem(system)) &&
  plainCode.test(code) &&
  (version === undefined || plainVersion.test(version));

/**
 * Requests whether the code is in the value set. When the set includes its system completely, it requests whether the
 * code exists, which also a server without the value set can decide. Undefined for a set without a usable canonical.
 */
export function valueSetRequest({ valueSet, whole = [] }: Question, coding: Coding): ValidateCodeRequest | undefined {
  if (whole.includes(coding.system ?? '')) return codeSystemRequest(coding);
  return plainValueSet.test(valueSet) ? { ...codeSystemRequest(coding), operation: 'ValueSet', valueSet } : undefined;
}

/** Requests whether the code exists in its system. */
export const codeSystemRequest = ({ system = '', code, version }: Coding): ValidateCodeRequest => ({
  operation: 'CodeSystem',
  system,
  code,
  ...(version === undefined ? {} : { version }),
});

/**
 * The parameters of https://hl7.org/fhir/R4/valueset-operation-validate-code.html and
 * https://hl7.org/fhir/R4/codesystem-operation-validate-code.html. Without display: a person may have typed it,
 * and a server returns false for a different spelling.
 */
export function parametersOf({ operation, system, code, version, valueSet = '' }: ValidateCodeRequest): Parameters {
  const [url, setVersion] = valueSet.split('|');
  const parameters: (ParametersParameter | false)[] =
    operation === 'CodeSystem'
      ? [
          { name: 'url', valueUri: system },
          { name: 'code', valueCode: code },
          version !== undefined && { name: 'version', valueString: version },
        ]
      : [
          { name: 'url', valueUri: url ?? '' },
          setVersion !== undefined && { name: 'valueSetVersion', valueString: setVersion },
          { name: 'system', valueUri: system },
          { name: 'code', valueCode: code },
          version !== undefined && { name: 'systemVersion', valueString: version },
        ];
  return { resourceType: 'Parameters', parameter: parameters.filter((it) => it !== false) };
}
