/** Types of the elements that a map created by create() where the model allows several. */
export const madeAs = new WeakMap<object, string>();

export const rememberType = (made: object, type: string): void => {
  madeAs.set(made, type);
};
