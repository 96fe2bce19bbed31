/** The types of elements that a map made by create() where the model leaves the type open. */
export const madeAs = new WeakMap<object, string>();

export const rememberType = (made: object, type: string): void => {
  madeAs.set(made, type);
};
