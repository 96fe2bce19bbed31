import type { Context } from 'hono';

/** What the client prefers (https://www.rfc-editor.org/rfc/rfc7240, https://hl7.org/fhir/R4/http.html#ops). */
export type Preferences = {
  /** Default: `strict`. */
  readonly handling: 'strict' | 'lenient';
  /** Default: `representation`. */
  readonly return: 'minimal' | 'representation' | 'OperationOutcome';
};

const returns = ['minimal', 'representation', 'OperationOutcome'] as const;

/** The first statement of a preference counts; an unknown value is ignored, as RFC 7240 requires. */
export function preferencesOf(context: Context): Preferences {
  const stated = new Map<string, string>();
  for (const part of (context.req.header('prefer') ?? '').split(/[,;]/)) {
    const [name = '', value = ''] = part.split('=').map((it) => it.trim().replace(/^"(.*)"$/, '$1'));
    if (!stated.has(name.toLowerCase())) stated.set(name.toLowerCase(), value);
  }
  const returned = stated.get('return')?.toLowerCase();
  return {
    handling: stated.get('handling')?.toLowerCase() === 'lenient' ? 'lenient' : 'strict',
    return: returns.find((it) => it.toLowerCase() === returned) ?? 'representation',
  };
}
