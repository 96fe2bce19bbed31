import type { Rule } from './rule.ts';
import { information, inMap, invalid } from './shared.ts';

/** Profiles, slices and extensions. */
export const profileRules = {
  'slice-unmatched': {
    ...invalid,
    type: 'structure',
    en: '{element} allows only its slices, and this is none of them. Tried: {slices}.',
    nl: '{element} laat alleen zijn slices toe, en dit is er geen van. Geprobeerd: {slices}.',
  },
  'slice-order': {
    ...invalid,
    type: 'structure',
    en: 'Slice {slice} of {element} is out of order; the order is {slices}.',
    nl: 'Slice {slice} van {element} staat niet op volgorde; de volgorde is {slices}.',
  },
  'slice-min': {
    ...invalid,
    type: 'required',
    en: 'Slice {slice} of {element} is missing: at least {min} asked, {found} there. It is recognised by: {asked}.',
    nl: 'Slice {slice} van {element} ontbreekt: minstens {min} gevraagd, {found} aanwezig. Hij is te herkennen aan: {asked}.',
  },
  'slice-max': {
    ...invalid,
    type: 'structure',
    en: 'Slice {slice} of {element} is there too often: at most {max} allowed, {found} there. It is recognised by: {asked}.',
    nl: 'Slice {slice} van {element} is er te vaak: hooguit {max} toegestaan, {found} aanwezig. Hij is te herkennen aan: {asked}.',
  },
  'profile-not-loaded': {
    ...information,
    type: 'not-found',
    en: 'Profile {profile} is not loaded, so it was not checked. Load the package that defines it.',
    nl: 'Profiel {profile} is niet geladen, dus niet nagegaan. Laad het pakket dat het definieert.',
  },
  'profile-requested-not-loaded': {
    ...invalid,
    type: 'not-found',
    en: 'Profile {profile} is asked for, but not loaded. Load the package that defines it.',
    nl: 'Profiel {profile} wordt gevraagd, maar is niet geladen. Laad het pakket dat het definieert.',
  },
  'profile-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'Profile {profile} is for {asked}, not for {type}.',
    nl: 'Profiel {profile} is voor {asked}, niet voor {type}.',
  },
  'profile-invalid': {
    ...inMap,
    type: 'not-supported',
    en: 'Profile {profile} cannot be compiled: {problem}. Mend the profile.',
    nl: 'Profiel {profile} is niet te compileren: {problem}. Herstel het profiel.',
  },
  'profile-no-match': {
    ...invalid,
    type: 'structure',
    en: '{element} fits none of the allowed profiles: {profiles}. {reasons}',
    nl: '{element} past bij geen van de toegestane profielen: {profiles}. {reasons}',
  },
  'extension-not-loaded': {
    ...information,
    type: 'extension',
    en: 'The definition of this extension is not loaded, so it was not checked. Load the package that defines it.',
    nl: 'De definitie van deze extensie is niet geladen, dus zij is niet nagegaan. Laad het pakket dat haar definieert.',
  },
  'modifier-extension-not-loaded': {
    ...invalid,
    type: 'extension',
    en: 'The definition of this modifierExtension is not loaded; it may change the meaning, so the element cannot be understood. Load the package that defines it.',
    nl: 'De definitie van deze modifierExtension is niet geladen; zij kan de betekenis veranderen, dus het element is niet te begrijpen. Laad het pakket dat haar definieert.',
  },
  'extension-modifier-mismatch': {
    ...invalid,
    type: 'extension',
    en: 'Extension {extension} belongs in {asked}.',
    nl: 'Extensie {extension} hoort in {asked}.',
  },
  'extension-context': {
    ...invalid,
    type: 'extension',
    en: 'Extension {extension} is not allowed at this place; it belongs at {contexts}.',
    nl: 'Extensie {extension} mag hier niet staan; zij hoort bij {contexts}.',
  },
  'extension-on-id': {
    ...invalid,
    type: 'extension',
    en: 'The id of a resource has no extensions. Remove them.',
    nl: 'De id van een resource heeft geen extensies. Verwijder die.',
  },
  'definition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'This definition cannot be used: {problem}.',
    nl: 'Deze definitie is niet te gebruiken: {problem}.',
  },
} as const satisfies Record<string, Rule>;
