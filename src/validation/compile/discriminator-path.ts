/** The restricted FHIRPath of discriminators (https://hl7.org/fhir/R4/profiling.html#discriminator). */
export type Step =
  | { readonly kind: 'element'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolve' };

const step =
  /\s*(?:(\$this)|extension\(\s*(?:url\s*=\s*)?['"]([^'"]*)['"]\s*\)|ofType\(\s*([A-Za-z]+)\s*\)|(resolve\(\))|([A-Za-z][A-Za-z0-9]*)(?:\[x\])?)\s*(?:\.|$)/y;

/** Undefined for a path outside that subset. */
export function parseDiscriminatorPath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(path);
    if (!found) return undefined;
    const [, self, url, type, resolve, name] = found;
    if (self) continue;
    if (url !== undefined) steps.push({ kind: 'extension', url });
    else if (type !== undefined) steps.push({ kind: 'ofType', type });
    else if (resolve) steps.push({ kind: 'resolve' });
    else if (name !== undefined) steps.push({ kind: 'element', name });
  }
  return steps;
}
