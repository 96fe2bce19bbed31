/** One step of the path into a resource, created at compile time. */
export type Segment = {
  /** The JSON property: `valueQuantity`, `_birthDate`. */
  readonly key: string;
  /** The same in FHIRPath: `value.ofType(Quantity)`, `birthDate`. */
  readonly expression: string;
  /** Path in the definition: `HumanName.family`, `Observation.value[x]`. */
  readonly path: string;
  readonly type: string;
};
