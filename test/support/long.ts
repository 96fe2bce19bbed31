/** `npm run test:long`: the same specification with more data and more rounds. */
export const isLong: boolean = process.env.MODE === 'long';

/** `npx vitest run FILE --mode whole`: every case of what otherwise has a sample, in an hour or so. */
export const isWhole: boolean = process.env.MODE === 'whole';

/** Runs of a property: all of them by `npm run test:long`, a quarter by `npm test`. */
export const runs = (all: number): number => (isLong ? all : Math.ceil(all / 4));
