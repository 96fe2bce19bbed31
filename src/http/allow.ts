import { interactions } from './interactions.ts';

const reading = ['GET', 'HEAD'] as const;

/**
 * The methods of the routes of app.ts at this path: RFC 9110 (15.5.6) asks a 405 to name them. Empty where a type can't be
 * asked for as a whole; undefined where there is nothing at all.
 */
export function allowedAt(path: string): readonly string[] | undefined {
  if (path.startsWith('/intake/')) return ['POST'];
  const [type = '', id, history, , ...more] = path.replace(/^\/fhir(\/|$)|\/$/g, '').split('/');
  if (more.length) return undefined;
  if (type === '' || type === '$process-message' || type === '$validate' || type === '$explain') return ['POST'];
  if (type === 'metadata') return reading;
  if (type === 'Task' && id === '$silent') return history === undefined ? reading : undefined;
  if (type === 'Subscription') return subscriptionMethods(id, history);
  if (type === 'StructureMap') return structureMapMethods(id, history);
  if (type === 'Measure') return measureMethods(id, history);
  const offered = Object.hasOwn(interactions, type) ? interactions[type] : undefined;
  if (!offered) return undefined;
  if (id === '_history' && offered.directory) return reading;
  if (id === undefined)
    return [
      ...(offered.search === 'get and post' || offered.directory ? reading : []),
      ...(offered.create ? ['POST'] : []),
    ];
  if (type === 'HealthcareService' && id === '$find-place') return [...reading, 'POST'];
  if (type === 'ServiceRequest' && (history === '$propose-transfer' || history === '$explain' || history === '$case'))
    return [...reading, 'POST'];
  if (id === '$validate' || (id === '_search' && offered.search)) return ['POST'];
  if (history === undefined && offered.update)
    return offered.update === 'moves' ? [...reading, 'PUT', 'PATCH'] : [...reading, 'PUT'];
  if (history === '$transition' && offered.update === 'moves') return ['POST'];
  if (history === undefined) return reading;
  return history === '_history' ? reading : undefined;
}

function subscriptionMethods(id: string | undefined, operation: string | undefined): readonly string[] | undefined {
  if (id === undefined) return [...reading, 'POST'];
  if (id === '$validate') return ['POST'];
  if (operation === undefined) return [...reading, 'PUT'];
  if (operation === '$status') return [...reading, 'POST'];
  return operation === '$events' ? reading : undefined;
}

function measureMethods(id: string | undefined, operation: string | undefined): readonly string[] | undefined {
  if (id === '$validate') return ['POST'];
  if (operation === '$evaluate-measure') return [...reading, 'POST'];
  return operation === undefined ? reading : undefined;
}

function structureMapMethods(id: string | undefined, operation: string | undefined): readonly string[] | undefined {
  if (id === '$unknown-codes') return operation === undefined ? reading : undefined;
  if (id === '$transform' || id === '$validate' || operation === '$transform') return ['POST'];
  return operation === undefined ? reading : undefined;
}
