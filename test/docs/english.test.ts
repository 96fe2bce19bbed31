import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/fhir/catalogue/index.ts';

/** Words of everyday speech that are hard to search and slow to read, each with what to write instead. */
const words: Readonly<Record<string, string>> = {
  'tell|tells|told': 'report, describe, state, notify',
  'hear|hears|heard': 'be notified',
  'ask|asks|asked|asking': 'request, require',
  'give|gives|gave|given': 'disclose, provide, return, add, set',
  'keep|keeps|kept': 'store, commit, retain',
  '(?<!\\bon )hold|holds|held': 'store, contain; deliveries that an operator stops are on hold',
  'know|knows|known': 'loaded, existing; have',
  'make|makes|made|making': 'create, build',
  'lean|leans': 'depend on',
  'stand|stands': 'be in, have the state',
  'mend|mends|mended': 'fix, correct',
  'away|unfit|befit|befits': 'unavailable, invalid, match',
  'oddity|oddities': 'deviation',
  'nobody|somebody|anybody|everybody': 'the party',
  'want|wants|wanted|wish': 'require, request',
  'no valid': 'not a valid',
  'can not': 'cannot',
  'taken in|take in|takes in|goes on': 'accept, continue',
};

/** Those that a longer text cannot always do without are left to its reader. */
const inPages = [
  'told',
  'hears',
  'mend',
  'mends',
  'mended',
  'unfit',
  'befit',
  'befits',
  'oddity',
  'oddities',
  'no valid',
];

/** Codes that partners read before 0.1: see Renamed codes in CHANGELOG.md. None comes back with another meaning. */
const retired = `
  json-trailing json-string json-number json-root xml-character xml-doctype xml-entity xml-instruction
  xml-declaration xml-namespace xml-resource-unknown xml-schema-location xml-text entry-address-repeated
  entry-id-repeated reference-first-taken reference-kept-unresolved unknown-resource-type too-deep
  unknown-element array-asked single-asked empty-array json-type choice-one binding-text binding-undecided
  terminology-unknown terminology-away value-set-unknown display-wrong invariant-unanswered
  profile-asked-not-loaded profile-wrong-type profile-unusable profile-none-fits reference-form
  reference-type-differs extension-unknown modifier-extension-unknown extension-modifier narrative-link
  attachment-size attachment-hash ucum-code bundle-fullurl bundle-first bundle-search definition-wrong
  answer-form questionnaire-unknown map-expression map-unknown-element map-unknown-type map-unknown-group
  map-unknown-variable map-unknown-transform map-unknown-table map-unknown-import map-arguments map-wrong-type
  map-choose-type map-no-transform map-unused-variable map-second-value map-twice map-direction map-only-one
  map-cast map-value-type map-evaluate map-too-deep map-too-much map-no-clock map-input-type code-kept-as-text
  hl7-charset feedback-moment-incomplete consent-for-everybody bsn-kept-with-patient owner-does-not-fit
  owner-unknown-kept-for-human no-psychological-complaint place-parameter directory-not-yours
  directory-only-figures waiting-time-not-weeks waiting-time-older import-columns import-cells import-number
  import-date import-code import-empty import-duplicate directory-without-endpoint partner-without-endpoint
  recipient-without-endpoint config-value config-reference directory-no-member route-expression
  route-without-centres route-without-end configuration-unknown configuration-not-tried
  configuration-no-previous configuration-raced configuration-wish configuration-secret-missing
  configuration-not-of-this-release illegal-move not-your-move not-your-task field-fixed field-of-owner
  status-reason-missing reason-missing outcome-missing task-not-fulfill business-status-unfit focus-differs
  person-differs use-case-differs companion-contradicts selection-not-yours selection-made-already
  abort-not-yours abort-not-started abort-asked-already abort-unfit not-your-order order-fixed
  order-move-illegal candidate-twice candidate-unfit order-not-known part-not-yours transition-unfit raced
  question-not-yours question-not-before-selection question-unfit question-social-domain question-in-words
  answer-not-given answer-unfit answer-not-asked appointment-not-yours appointment-task-not-taken
  appointment-move-illegal appointment-unfit consultation-not-yours consultation-open-already
  consultation-not-coordinator consultation-not-taken consultation-not-begun consultation-not-selected
  organisation-twice invitation-empty view-of-nobody-invited legal-basis-unfit consent-not-yours consent-fixed
  social-domain-closed social-task-closed not-a-party form-value-unread entry-url-differs reference-conditional
  reference-to-another-referral bsn-differs more-findings transaction-move-unfit transaction-overlaps
  method-not-supported search-by-post-only fhirpath-patch-path fhirpath-patch-selects fhirpath-patch-element
  fhirpath-patch-value fhirpath-patch-taken fhirpath-patch-index intake-form-broken feedback-without-words
  folder-without-resources store-unusable address-unsupported taken-in notification-unread
  notification-elsewhere notification-without-address pulled-kind pulled-unreadable pulled-refused
  pulled-undecided record-order-unknown record-not-owner record-task-not-taken record-person-differs
  advice-intent advice-without-referrer follow-up-without-service follow-up-service-unfit order-goes-on
  receiver-silent receiver-down receiver-busy receiver-stumbles receiver-rejects-credentials receiver-moved
  receiver-without-address sending-forbidden sending-undecided delivery-too-old placer-elsewhere
  placer-task-moved subscription-channel subscription-endpoint subscription-header subscription-payload
  subscription-content subscription-heartbeat subscription-end subscription-status subscription-filter-unknown
  subscription-filter-foreign subscription-open subscription-config figures-members-only figures-parameter
  figures-summary-only figures-period figures-period-running
`
  .trim()
  .split(/\s+/);

const anyOf = (list: readonly string[]) => new RegExp(`(?<![.\\w-])(?:${list.join('|')})(?![\\w-])`, 'gi');
const plain = anyOf(Object.keys(words));

/** What a text says in those words; code, `{names}` and names of elements do not count. */
const found = (text: string, pattern = plain): string[] =>
  text.replace(/```[\s\S]*?```|`[^`\n]*`|\{\w+\}|\]\([^)]*\)/g, '').match(pattern) ?? [];

test('no code says it in everyday words', () => {
  const codes = Object.keys(catalogue);
  expect(codes.filter((code) => found(code.replaceAll('-', ' ')).length > 0)).toEqual([]);
  expect(codes.filter((code) => retired.includes(code))).toEqual([]);
});

test.each(Object.entries(catalogue))('%s is in plain technical English', (_, { en }) => {
  expect(found(en)).toEqual([]);
});

test.each(pages())('%s is in plain technical English', (_, text) => {
  expect(found(text, anyOf(inPages))).toEqual([]);
  const quoted = [...text.matchAll(/`([a-z0-9-]+)`/g)].map(([, code = '']) => code);
  expect(quoted.filter((code) => code !== 'subscription-status' && retired.includes(code))).toEqual([]);
});

function pages(): (readonly [string, string])[] {
  const root = join(import.meta.dirname, '../..');
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const files = (folder: string, end: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(end))
      .map((name) => `${folder}/${name}`);
  // The help of a command: its texts of more than one word.
  const help = (file: string) => [...read(file).matchAll(/'([^'\n]* [^'\n]*)'/g)].map(([, text]) => text).join('\n');
  return [
    ...['README.md', ...files('docs', '.md')].map((file) => [file, read(file)] as const),
    ...files('src/cli', '.ts').map((file) => [file, help(file)] as const),
  ];
}
