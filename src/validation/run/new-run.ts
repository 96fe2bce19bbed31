import { typeModel } from '../../fhir/model.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Frame } from '../plan/frame.ts';
import type { Run, ValidationContext } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';

export function newRun(context: ValidationContext, resource: Resource): Run {
  const type: unknown = isObject(resource) ? resource.resourceType : undefined;
  const isName = typeof type === 'string' && (typeModel(type) !== undefined || /^[A-Za-z]{1,64}$/.test(type));
  const root = isName ? type : 'Resource';
  const frame: Frame = { resource, root: resource, parent: undefined, fullUrl: undefined, depth: 0 };
  return {
    context,
    issues: [],
    questions: [],
    root,
    segments: [],
    index: [],
    depth: 0,
    frame,
    silent: 0,
    failed: false,
    conformance: undefined,
    reported: undefined,
    memo: undefined,
    frames: undefined,
    lastReference: undefined,
    openRule: undefined,
    time: undefined,
  };
}
