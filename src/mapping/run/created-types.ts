/** Types of the elements that a map created by create() where the model allows several. */
export const createdTypes = new WeakMap<object, string>();

export const rememberType = (element: object, type: string): void => {
  createdTypes.set(element, type);
};
