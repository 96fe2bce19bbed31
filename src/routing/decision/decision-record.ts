import type { Bundle, Parameters, ParametersParameter, Provenance } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { isType } from '../../fhir/resource.ts';
import type { Candidate, ChosenOwner, Decision } from './decision.ts';

const text = (name: string, valueString: string): ParametersParameter => ({ name, valueString });
const code = (name: string, valueCode: string): ParametersParameter => ({ name, valueCode });
const bilingual = (name: string, { en, nl }: Bilingual): ParametersParameter => ({
  name,
  part: [text('en', en), text('nl', nl)],
});

/**
 * The decision record as FHIR Parameters (https://hl7.org/fhir/R4/parameters.html): rules in the order tried, facts,
 * every candidate with the reason for keeping or dropping it, and the digests of rules and directory. The same decision
 * yields the same record, byte for byte.
 */
export function decisionRecord(decision: Decision): Parameters {
  const owner = decision.kind === 'refused' ? [] : [ownerOf(decision.owner)];
  const issues = decision.kind === 'refused' ? [...decision.issues, ...decision.warnings] : decision.warnings;
  return {
    resourceType: 'Parameters',
    parameter: [
      code('outcome', decision.kind),
      ...(decision.useCase ? [code('use-case', decision.useCase)] : []),
      ...owner,
      code('rule', decision.rule),
      bilingual('reason', decision.reason),
      ...decision.rules.map(({ id, outcome, because }) => ({
        name: 'tried',
        part: [code('rule', id), code('outcome', outcome), ...(because ? [text('because', because)] : [])],
      })),
      ...Object.entries(decision.facts).flatMap(([name, value]) => factOf(name, value)),
      ...decision.candidates.map(candidateOf),
      ...decision.elsewhere.map(({ rule, count }) => ({
        name: 'elsewhere',
        part: [code('rule', rule), { name: 'count', valueInteger: count }],
      })),
      ...(decision.kind === 'human' ? (decision.proposed ?? []) : []).map((it) => ({
        ...ownerOf(it),
        name: 'proposed',
      })),
      ...decision.sources.map(({ source, heardAt }) => ({
        name: 'source',
        part: [text('name', source), ...(heardAt ? [{ name: 'heard-at', valueInstant: heardAt }] : [])],
      })),
      ...issues.map(({ rule }) => code('told', rule)),
      {
        name: 'made-with',
        part: [text('configuration', decision.configuration), text('directory', decision.directory)],
      },
      { name: 'decided-at', valueInstant: decision.decidedAt },
    ],
  };
}

const ownerOf = ({ reference, identifier, display }: ChosenOwner): ParametersParameter => ({
  name: 'owner',
  valueReference: { reference, ...(identifier ? { identifier } : {}), display },
});

/** For each service, the values by which it was kept or dropped, their date and their age. */
function candidateOf({ service, name, rule, kept, because, rank, measured, source }: Candidate): ParametersParameter {
  const { kilometres, language, wait, capacity } = measured ?? {};
  return {
    name: 'candidate',
    part: [
      { name: 'service', valueReference: { reference: service, display: name } },
      code('rule', rule),
      { name: 'kept', valueBoolean: kept },
      bilingual('because', because),
      ...(rank === undefined ? [] : [{ name: 'rank', valuePositiveInt: rank }]),
      ...(kilometres === undefined ? [] : [{ name: 'kilometres', valueDecimal: kilometres }]),
      ...(language === undefined ? [] : [code('language', language)]),
      ...(wait
        ? [
            ...(wait.intakeWeeks === undefined ? [] : [{ name: 'intake-weeks', valueDecimal: wait.intakeWeeks }]),
            ...(wait.treatmentWeeks === undefined
              ? []
              : [{ name: 'treatment-weeks', valueDecimal: wait.treatmentWeeks }]),
            { name: 'measured-on', valueDate: wait.measuredOn },
            { name: 'age-in-days', valueInteger: wait.days },
            { name: 'stale', valueBoolean: wait.stale },
          ]
        : []),
      ...(capacity
        ? [
            code('capacity', capacity.status),
            { name: 'capacity-assessed-on', valueDate: capacity.assessedOn },
            { name: 'capacity-age-in-days', valueInteger: capacity.days },
            { name: 'capacity-stale', valueBoolean: capacity.stale },
          ]
        : []),
      ...(source ? [text('source', source)] : []),
    ],
  };
}

const factOf = (name: string, value: string | number | boolean | null): ParametersParameter[] =>
  value === null || value === ''
    ? []
    : [
        {
          name: 'fact',
          part: [
            code('name', name),
            typeof value === 'boolean'
              ? { name: 'value', valueBoolean: value }
              : typeof value === 'number'
                ? { name: 'value', valueInteger: value }
                : text('value', value),
          ],
        },
      ];

/**
 * The reader of a decision record.
 *
 *   full     may see the person and the complaint: a party in care, or the network's own bureau
 *   reason   may see the person, not the complaint: a party in the social domain
 *   outcome  may see that there is an order, not about whom: a candidate
 */
export type RecordAudience = 'full' | 'reason' | 'outcome';

const shown: Readonly<Record<Exclude<RecordAudience, 'full'>, ReadonlySet<string>>> = {
  reason: new Set(['outcome', 'use-case', 'owner', 'rule', 'reason', 'made-with', 'decided-at']),
  outcome: new Set(['outcome', 'use-case', 'rule', 'made-with', 'decided-at']),
};

/**
 * The part of the record that its reader may see. An allow-list: a parameter added later stays hidden until it is
 * listed.
 */
export function projectDecisionRecord(record: Parameters, audience: RecordAudience): Parameters {
  if (audience === 'full') return record;
  return { ...record, parameter: (record.parameter ?? []).filter(({ name }) => shown[audience].has(name ?? '')) };
}

/**
 * The decision record as stored with its subjects (https://hl7.org/fhir/R4/provenance.html): the Tasks of this graph
 * that were assigned to the chosen owner, and their orders.
 */
export function decisionProvenance(
  decision: Exclude<Decision, { readonly kind: 'refused' }>,
  graph: Bundle,
  id: string,
): Provenance & { id: string } {
  const targets = (graph.entry ?? []).flatMap(({ resource: it }) =>
    isType(it, 'Task') && it.owner?.reference === decision.owner.reference
      ? [`Task/${it.id}`, ...(it.focus?.reference ? [it.focus.reference] : [])]
      : [],
  );
  return {
    resourceType: 'Provenance',
    id,
    contained: [{ ...decisionRecord(decision), id: recordId }],
    target: [...new Set(targets)].map((reference) => ({ reference })),
    recorded: decision.decidedAt,
    activity: { coding: [{ system: mgnCodeSystem('interaction'), code: 'route' }] },
    agent: [
      {
        type: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'performer' }],
        },
        who: { display: 'mgn-gateway' },
      },
    ],
    entity: [{ role: 'derivation', what: { reference: `#${recordId}` } }],
  };
}

const recordId = 'decision';

/** The decision record inside a Provenance created by `decisionProvenance`. */
export function decisionRecordIn({ contained = [] }: Provenance): Parameters | undefined {
  const found = contained.find((it) => it.id === recordId);
  return isType(found, 'Parameters') ? found : undefined;
}
