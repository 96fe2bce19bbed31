/** What comes of an exploratory conversation, told to the person. */
export { planNarrative } from './narrative.ts';
