/** Rules of the specification that no StructureDefinition contains, by the type of the value. */
import { typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { checkResponse } from '../questionnaire/response.ts';
import { checkAttachment } from './attachment.ts';
import { checkBundle } from './bundle.ts';
import { checkCoding, checkUnit } from './coding.ts';
import { checkContained } from './contained.ts';
import { checkMeasureReport } from './measure-report.ts';
import { checkReference } from './reference.ts';
import { checkDefinition } from './structure-definition.ts';

type ValueRule = (value: Readonly<Record<string, unknown>>, run: Run) => void;

type ConditionalRule = {
  readonly check: ValueRule;
  /** Elements without any one of which it has nothing to check. */
  readonly needs: readonly string[];
};

const always = (check: ValueRule): ConditionalRule => ({ check, needs: [] });
const unit: ConditionalRule = { check: checkUnit, needs: ['system', 'code'] };

const byType: Readonly<Record<string, ConditionalRule>> = {
  Attachment: always(checkAttachment),
  Bundle: always(checkBundle),
  Coding: { check: checkCoding, needs: ['system', 'code'] },
  MeasureReport: always(checkMeasureReport),
  Quantity: unit,
  Age: unit,
  Count: unit,
  Distance: unit,
  Duration: unit,
  QuestionnaireResponse: always(checkResponse),
  Reference: { check: checkReference, needs: ['reference'] },
  StructureDefinition: always(checkDefinition),
};

export const valueRulesOf = (type: string): readonly ConditionalRule[] => [
  ...(byType[type] ? [byType[type]] : []),
  ...(typeModel(type)?.base === 'DomainResource' ? [{ check: checkContained, needs: ['contained'] }] : []),
];
