/** What a recipient gets, by which right, and what is withheld. Default deny. */
export { type DisclosureQuestion, disclose } from './disclose.ts';
export type { Purpose, Receipt } from './receipt.ts';
export type { Recipient } from './recipient.ts';
export type { Projecting } from './social-request.ts';
