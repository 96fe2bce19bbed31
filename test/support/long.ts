/** `npm run test:long`: the same specification with more data and more rounds. */
export const isLong: boolean = process.env.MODE === 'long';
