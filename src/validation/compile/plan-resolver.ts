import type { ImplementationGuide } from '@medplum/fhirtypes';
import type { Definitions } from '../../definitions/registry.ts';
import type { ExtensionPlan, PlanResolver, ProfilePlan, TypePlan } from '../plan/plan.ts';
import { type CompileContext, structureOf } from './element-trees.ts';
import { compileExtension } from './extension.ts';
import { compileProfile } from './profile.ts';
import { compileType } from './type-plan.ts';

/**
 * Compiles each plan at first use and caches it. Plans of types may be shared with another resolver whose definitions
 * define the types alike. A failure is not cached: the definition is compiled again at the next use.
 */
export function planResolver(definitions: Definitions, types: Map<string, TypePlan>): PlanResolver {
  const context: CompileContext = { definitions, trees: new Map() };
  const profiles = new Map<string, ProfilePlan>();
  const extensions = new Map<string, ExtensionPlan>();
  let globals: ReadonlyMap<string, readonly string[]> | undefined;

  const profile = (canonical: string): ProfilePlan | undefined => {
    const cached = profiles.get(canonical);
    if (cached) return cached;
    const definition = structureOf(context, canonical);
    if (!definition) return undefined;
    const key = `${definition.url}|${definition.version ?? ''}`;
    const plan = profiles.get(key) ?? compileProfile(context, definition);
    profiles.set(key, plan);
    if (canonical === definition.url) profiles.set(canonical, plan);
    return plan;
  };

  return {
    type: (name) => {
      const cached = types.get(name);
      if (cached) return cached;
      const plan = compileType(context, name);
      types.set(name, plan);
      return plan;
    },
    profile,
    extension: (url) => {
      const cached = extensions.get(url);
      if (cached) return cached;
      const definition = structureOf(context, url);
      // Not cached: urls come from messages, so their number has no bound.
      if (definition?.type !== 'Extension' || definition.url !== url) return undefined;
      const plan = compileExtension(definition, url, profile(url));
      extensions.set(url, plan);
      return plan;
    },
    globalProfiles: (type) => {
      globals ??= globalsOf(definitions);
      return globals.get(type) ?? [];
    },
  };
}

/** https://hl7.org/fhir/R4/implementationguide-definitions.html#ImplementationGuide.global */
function globalsOf(definitions: Definitions): ReadonlyMap<string, readonly string[]> {
  const globals = new Map<string, readonly string[]>();
  for (const entry of definitions.entries('ImplementationGuide'))
    for (const it of (entry.read() as ImplementationGuide).global ?? [])
      if (it.type && it.profile) globals.set(it.type, [...(globals.get(it.type) ?? []), it.profile]);
  return globals;
}
