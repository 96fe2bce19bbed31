import { isA } from '../../fhir/model.ts';
import { report } from '../run/report.ts';
import { equals } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { narrowedResourceTypes } from './narrowed.ts';
import { elementNameOf, issuePlaceOf, type Rule, type RuleSource } from './rule.ts';

/** The resource types that a profile allows where R4 allows any resource: an entry, a contained resource, a parameter. */
export function resourceTypeRule(source: RuleSource): Rule | undefined {
  const { element, base } = source;
  const allowed = base && narrowedResourceTypes(element, base);
  if (!allowed || equals(element.type, base.type)) return undefined;
  const place = issuePlaceOf(source);
  return {
    description: allowed.join(' | '),
    check: (value, run) => {
      const type = isObject(value) ? value.resourceType : undefined;
      if (typeof type !== 'string' || allowed.some((it) => isA(type, it))) return;
      report(
        run,
        'type-not-allowed',
        { element: elementNameOf(source), type: knownType(type), allowed: allowed.join(' | ') },
        place,
      );
    },
  };
}

/** The name comes from the message: only one of R4 is quoted. */
const knownType = (type: string): string => (isA(type, 'Resource') ? type : '?');
