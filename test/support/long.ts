/** `npm run test:long`: the same specification with more data and more rounds. */
export const isLong: boolean = process.env.MODE === 'long';

/** Runs of a property: all of them by `npm run test:long`, a quarter by `npm test`. */
export const runs = (all: number): number => (isLong ? all : Math.ceil(all / 4));
