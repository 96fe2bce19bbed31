import { dayIn, typedIn, type Values } from '../form/field.ts';
import { type Applicant, asked } from './steps.ts';

/** The organisation of who fills it in, as the directory knows it. */
export type Practice = { readonly name: string; readonly agb?: string; readonly ura?: string; readonly kvk?: string };

/**
 * What was filled in as a referral form (mappings/models/referral-form.json): the message that a system would post to
 * /intake/referral. A yes to the social domain names what it covers; no answer is no statement.
 */
export function referralForm(values: Values, applicant: Applicant, practice: Practice): object {
  const of = (name: string) => typedIn(values, name) || undefined;
  const one = (group: string, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (of(`${group}.${name}`) ? [[name, of(`${group}.${name}`)]] : [])));
  const given = dayIn(of('share.date') ?? '') ?? applicant.today;
  const consent = asked(applicant).flatMap((towards) => {
    const answer = of(`share.${towards}`);
    if (answer !== 'yes' && answer !== 'no') return [];
    const data = towards === 'social' && answer === 'yes' ? { data: values['share.data'] ?? [] } : {};
    return [{ date: given, given: answer === 'yes', towards: [towards], ...data }];
  });
  const birthDate = dayIn(of('person.birthDate') ?? '');
  const number = (of('person.bsn') ?? '').replace(/[ .]/g, '');
  const complaint = of('complaint.text');
  return {
    date: applicant.today,
    priority: of('priority') ?? 'routine',
    referrer: {
      role: applicant.isCare ? (of('referrer.role') ?? '') : 'other',
      ...one('referrer', ['name', 'phone', ...(applicant.isCare ? [] : ['profession'])]),
      organization: practice,
    },
    person: {
      ...(applicant.isCare && number ? { bsn: number } : {}),
      ...one('person', ['givenName', 'prefix', 'familyName', 'street', 'houseNumber', 'city', 'phone', 'email']),
      ...(birthDate ? { birthDate } : {}),
      ...(of('person.postalCode') ? { postalCode: of('person.postalCode')?.replace(' ', '').toUpperCase() } : {}),
    },
    ...(of('closeOne.name') ? { closeOne: [one('closeOne', ['name', 'relationship', 'phone'])] } : {}),
    ...(of('request') ? { request: of('request') } : {}),
    ...(complaint && applicant.isCare ? { complaint: [{ text: complaint }] } : {}),
    ...((values.lifeDomain ?? []).length > 0 ? { lifeDomain: values.lifeDomain } : {}),
    ...(consent.length > 0 ? { consent } : {}),
  };
}
