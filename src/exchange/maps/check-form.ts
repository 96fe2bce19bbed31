import { type Issue, issue } from '../../fhir/issue.ts';
import { aboutConsent } from '../reading/about-consent.ts';
import type { FormField, FormModel } from './form-model.ts';

/**
 * A form against its logical model, before a map reads it: a profile would report the element that a field would have
 * become, which its sender never wrote. Each finding is at the field. A null counts as absent, but in a consent, where
 * what it leaves out is unknown. Issues: `form-value-missing`, `form-value-repeated`, `form-value-type`,
 * `consent-value-unread`.
 */
export const checkForm = ({ root, fields }: FormModel, form: object): Issue[] =>
  checkObject(fields, form as Values, root);

type Values = Readonly<Record<string, unknown>>;

const checkObject = (fields: ReadonlyMap<string, FormField>, values: Values, path: string): Issue[] =>
  [...fields].flatMap(([name, field]) => checkField(field, values[name], `${path}.${name}`));

function checkField(field: FormField, value: unknown, path: string): Issue[] {
  const at = { expression: path };
  if (value === null && aboutConsent.test(path)) return [issue('consent-value-unread', {}, at)];
  if (isAbsent(value)) return field.isRequired ? [issue('form-value-missing', {}, at)] : [];
  if (!Array.isArray(value)) return checkOne(field, value, path);
  if (!field.isList && value.filter((it) => !isAbsent(it)).length > 1) return [issue('form-value-repeated', {}, at)];
  return value.flatMap((it, index) =>
    it === null && !aboutConsent.test(path) ? [] : checkOne(field, it, `${path}[${index}]`),
  );
}

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.every((it) => it === null));

function checkOne(field: FormField, value: unknown, path: string): Issue[] {
  if (value === null) return [issue('consent-value-unread', {}, { expression: path })];
  if (field.fields && typeof value === 'object' && !Array.isArray(value))
    return checkObject(field.fields, value as Values, path);
  if (isOfType(field, value)) return [];
  const wrong = issue('form-value-type', { type: field.type, example: field.example }, { expression: path });
  // A yes or no about a consent, in another form: nobody knows which.
  const isUnclear = field.type === 'boolean' && aboutConsent.test(path);
  return isUnclear ? [wrong, issue('consent-value-unread', {}, { expression: path })] : [wrong];
}

/** Text may be a number, as programs write house numbers. Which codes and days there are is up to the map and the profiles. */
function isOfType({ type, pattern }: FormField, value: unknown): boolean {
  switch (type) {
    case '':
      return true;
    case 'object':
      return false;
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'decimal':
    case 'positiveInt':
    case 'unsignedInt':
      return typeof value === 'number' || (typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)));
    case 'date':
    case 'dateTime':
      return typeof value === 'string';
    case 'uri':
    case 'url':
    case 'canonical':
      return typeof value === 'string' && /^\S+$/.test(value);
    default:
      return (typeof value === 'string' || typeof value === 'number') && (pattern?.test(String(value)) ?? true);
  }
}
