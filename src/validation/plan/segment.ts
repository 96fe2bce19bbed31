/** One step of the way into a resource, made when compiling. */
export type Segment = {
  /** The JSON property: `valueQuantity`, `_birthDate`. */
  readonly key: string;
  /** The same in FHIRPath: `value.ofType(Quantity)`, `birthDate`. */
  readonly says: string;
  /** Path in the definition: `HumanName.family`, `Observation.value[x]`. */
  readonly path: string;
  readonly type: string;
};
