import { type Issue, issue } from '../../fhir/issue.ts';
import { type Primitive, primitives } from '../../fhir/primitives.ts';
import { aboutConsent } from '../reading/about-consent.ts';
import type { FormField, FormModel } from './form-model.ts';
import { isText } from './texts-as-written.ts';

/**
 * A form against its logical model, before a map reads it: a profile would report the element that a field would have
 * become, which its sender never wrote. Each finding is at the field. Null and empty text count as absent, but in a
 * consent, where what they leave out is unknown. Issues: `form-value-missing`, `form-value-repeated`, `form-value-type`,
 * `consent-value-unread`.
 */
export const checkForm = ({ root, fields }: FormModel, form: object): Issue[] =>
  checkObject(fields, form as Values, root);

type Values = Readonly<Record<string, unknown>>;

const checkObject = (fields: ReadonlyMap<string, FormField>, values: Values, path: string): Issue[] =>
  [...fields].flatMap(([name, field]) => checkField(field, values[name], `${path}.${name}`));

function checkField(field: FormField, value: unknown, path: string): Issue[] {
  const at = { expression: path };
  if (isBlank(value) && aboutConsent.test(path)) return [issue('consent-value-unread', {}, at)];
  if (isAbsent(value)) return field.isRequired ? [issue('form-value-missing', {}, at)] : [];
  if (!Array.isArray(value)) return checkOne(field, value, path);
  const present = value.filter((it) => !isAbsent(it));
  if (!field.isList && present.length > 1)
    return [isText(field) && present.some((it) => typeof it === 'object') ? wrongType(field, path) : repeated(path)];
  return value.flatMap((it, index) =>
    it === null && !aboutConsent.test(path) ? [] : checkOne(field, it, `${path}[${index}]`),
  );
}

const repeated = (expression: string): Issue => issue('form-value-repeated', {}, { expression });

const wrongType = ({ type, example }: FormField, expression: string): Issue =>
  issue('form-value-type', { type, example }, { expression });

/** Left empty. Elsewhere in a form such text was removed before. */
const isBlank = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '');

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.every((it) => it === null));

function checkOne(field: FormField, value: unknown, path: string): Issue[] {
  if (isBlank(value)) return [issue('consent-value-unread', {}, { expression: path })];
  if (field.fields && typeof value === 'object' && !Array.isArray(value))
    return checkObject(field.fields, value as Values, path);
  if (isOfType(field, value)) return [];
  const wrong = wrongType(field, path);
  // A yes or no about a consent, in another form: nobody knows which.
  const isUnclear = field.type === 'boolean' && aboutConsent.test(path);
  return isUnclear ? [wrong, issue('consent-value-unread', {}, { expression: path })] : [wrong];
}

/** A number may be written as text. Which codes there are is up to the map; of a data type, FHIR's own names are its fields. */
function isOfType({ type, pattern }: FormField, value: unknown): boolean {
  if (type === '') return true;
  if (type === 'object') return false;
  const primitive = primitives[type];
  if (!primitive) return (typeof value === 'object' && !Array.isArray(value)) || type.includes('/');
  if (primitive.json === 'number') return isNumber(value) && isValid(primitive, Number(value));
  if (typeof value !== primitive.json) return false;
  if (freeTexts.has(type)) return pattern?.test(value as string) ?? true;
  return isValid(primitive, value);
}

/** Words in the place of a code are reported by its map; in that of a date by its map or the profiles, with whatever else is wrong. */
const freeTexts: ReadonlySet<string> = new Set(['string', 'markdown', 'code', 'id', 'date', 'dateTime']);

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));

const isValid = (primitive: Primitive, value: unknown): boolean => primitive.isValid(value as never);
