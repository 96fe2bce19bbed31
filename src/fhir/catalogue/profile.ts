import type { Rule } from './rule.ts';
import { information, inMap, invalid, warning } from './shared.ts';

/** Profiles, slices and extensions. */
export const profileRules = {
  'slice-unmatched': {
    ...invalid,
    type: 'structure',
    en: '{element} allows only its slices, and this matches none of them. Tried: {slices}.',
    nl: '{element} staat alleen zijn slices toe, en dit past bij geen ervan. Geprobeerd: {slices}.',
  },
  'slice-order': {
    ...invalid,
    type: 'structure',
    en: 'Slice {slice} of {element} is out of order. Send the slices in this order: {slices}.',
    nl: 'Slice {slice} van {element} staat niet op volgorde. Stuur de slices in deze volgorde: {slices}.',
  },
  'slice-min': {
    ...invalid,
    type: 'required',
    en: 'Slice {slice} of {element} is missing: at least {min} required, found {found}. Add it; it is recognised by {asked}.',
    nl: 'Slice {slice} van {element} ontbreekt: minstens {min} verplicht, gevonden: {found}. Voeg hem toe; hij is te herkennen aan {asked}.',
  },
  'slice-max': {
    ...invalid,
    type: 'structure',
    en: 'Slice {slice} of {element} occurs too often: at most {max} allowed, found {found}. Remove the surplus; it is recognised by {asked}.',
    nl: 'Slice {slice} van {element} komt te vaak voor: hoogstens {max} toegestaan, gevonden: {found}. Verwijder wat te veel is; hij is te herkennen aan {asked}.',
  },
  'profile-not-loaded': {
    ...warning,
    type: 'not-found',
    en: 'Profile {profile} was not checked: it is not loaded. Load the package that defines it.',
    nl: 'Profiel {profile} is niet gecontroleerd: het is niet geladen. Laad het pakket dat het definieert.',
  },
  'profile-waived': {
    ...information,
    en: 'Profile {profile} was not checked: waived by {waiver}.',
    nl: 'Profiel {profile} is niet gecontroleerd: {waiver} ziet daarvan af.',
  },
  'profile-requested-not-loaded': {
    ...invalid,
    type: 'not-found',
    en: 'Profile {profile} was requested but is not loaded. Load the package that defines it.',
    nl: 'Profiel {profile} is gevraagd, maar niet geladen. Laad het pakket dat het definieert.',
  },
  'profile-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'Profile {profile} is for {asked}, not for {type}. Name a profile of {type}.',
    nl: 'Profiel {profile} is voor {asked}, niet voor {type}. Noem een profiel voor {type}.',
  },
  'profile-invalid': {
    ...inMap,
    type: 'not-supported',
    en: 'Profile {profile} cannot be compiled: {problem}. Correct the profile.',
    nl: 'Profiel {profile} is niet te compileren: {problem}. Verbeter het profiel.',
  },
  'constraint-unsupported': {
    ...inMap,
    severity: 'warning',
    type: 'not-supported',
    en: 'A constraint of the profile on {element} was not checked: {problem}. Have the author of the profile correct it.',
    nl: 'Een eis van het profiel aan {element} is niet gecontroleerd: {problem}. Laat de maker van het profiel die verbeteren.',
  },
  'profile-no-match': {
    ...invalid,
    type: 'structure',
    en: '{element} matches none of the allowed profiles: {profiles}. {reasons}',
    nl: '{element} past bij geen van de toegestane profielen: {profiles}. {reasons}',
  },
  'extension-not-loaded': {
    ...information,
    type: 'extension',
    en: 'This extension was not checked: its definition is not loaded. Load the package that defines it.',
    nl: 'Deze extensie is niet gecontroleerd: de definitie is niet geladen. Laad het pakket dat haar definieert.',
  },
  'modifier-extension-not-loaded': {
    ...invalid,
    type: 'extension',
    en: 'The definition of this modifierExtension is not loaded. It can change the meaning of the element, so the element cannot be processed. Load the package that defines it.',
    nl: 'De definitie van deze modifierExtension is niet geladen. Zij kan de betekenis van het element veranderen, dus het element is niet te verwerken. Laad het pakket dat haar definieert.',
  },
  'extension-modifier-mismatch': {
    ...invalid,
    type: 'extension',
    en: 'Extension {extension} belongs in {asked}. Move it there.',
    nl: 'Extensie {extension} hoort in {asked}. Zet haar daar.',
  },
  'extension-context': {
    ...invalid,
    type: 'extension',
    en: 'Extension {extension} is not allowed here. Use it at: {contexts}.',
    nl: 'Extensie {extension} mag hier niet. Gebruik haar bij: {contexts}.',
  },
  'extension-context-invariant': {
    ...invalid,
    type: 'invariant',
    en: 'Extension {extension} is not allowed on this element: its rule {rule} is not met. Remove the extension, or correct the element.',
    nl: 'Extensie {extension} mag niet bij dit element: aan de regel {rule} is niet voldaan. Verwijder de extensie, of verbeter het element.',
  },
  'extension-on-id': {
    ...invalid,
    type: 'extension',
    en: 'The id of a resource must not have extensions. Remove them.',
    nl: 'De id van een resource mag geen extensies hebben. Verwijder die.',
  },
  'definition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'This definition cannot be used: {problem}.',
    nl: 'Deze definitie is niet te gebruiken: {problem}.',
  },
} as const satisfies Record<string, Rule>;
