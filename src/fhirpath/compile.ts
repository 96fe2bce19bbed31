import { typeModel } from '../fhir/model.ts';
import { limitedText, spend } from './budget.ts';
import { type Compiled, constant, multiple, nothing, type One, single } from './compiled.ts';
import type { Context } from './context.ts';
import { FhirPathSyntaxError, type Position } from './error.ts';
import { isFixed, onceFor } from './fixed.ts';
import { functions } from './functions/index.ts';
import { step } from './navigation.ts';
import { checkIndex, checkInput, checkOperands, checkSign } from './operand-types.ts';
import { operators, sign } from './operators.ts';
import { calendarUnits } from './parser.ts';
import type { Syntax } from './syntax.ts';
import { integerOf } from './text.ts';
import { is, ofType } from './type-operators.ts';
import { isOf, resolveType } from './types.ts';
import { type Decimal, parseDecimal } from './values/decimal.ts';
import { Quantity } from './values/quantity.ts';
import { parseTemporalLiteral } from './values/temporal.ts';
import { variable } from './variables.ts';

/** Compiles one node of the syntax tree: names, types and functions are resolved here, so that evaluation only reads values. */
export function compileSyntax(syntax: Syntax, context: Context): Compiled {
  if (context.repeats && reads.has(syntax.kind) && isFixed(syntax, context.defined)) {
    const compiled = compileNode(syntax, { ...context, repeats: false });
    return compiled.constant ? compiled : onceFor(compiled);
  }
  return compileNode(syntax, context);
}

/** What is worth evaluating once; a variable or a literal is not. */
const reads: ReadonlySet<Syntax['kind']> = new Set(['member', 'call', 'indexer', 'binary', 'sign', 'type']);

function compileNode(syntax: Syntax, context: Context): Compiled {
  switch (syntax.kind) {
    case 'empty':
      return nothing;
    case 'boolean':
      return constant('System.Boolean', [syntax.value]);
    case 'string':
    case 'integer':
    case 'long':
    case 'decimal':
    case 'temporal':
      return compileLiteral(syntax);
    case 'quantity':
      return compileQuantity(syntax);
    case 'variable':
      return variable(syntax.name, context, syntax.at);
    case 'this':
      requireFocus('$this', context, syntax.at);
      return context.self;
    case 'index':
      return single('System.Integer', (_self, scope) => scope.index);
    case 'total':
      if (!context.aggregating)
        throw new FhirPathSyntaxError('$total has a value only in aggregate()', syntax.at, 'semantic');
      return multiple(undefined, (_self, scope) => scope.total);
    case 'member':
      return compileMember(syntax, context);
    case 'call':
      return compileCall(syntax, context);
    case 'indexer':
      return compileIndexer(syntax, context);
    case 'sign': {
      const operand = compileSyntax(syntax.operand, context);
      if (context.strict) checkSign(syntax.sign, operand, syntax.at);
      return sign(syntax.sign, operand);
    }
    case 'binary': {
      const [left, right] = [compileSyntax(syntax.left, context), compileSyntax(syntax.right, context)];
      if (!context.lenient) checkOperands(syntax.operator, left, right, { at: syntax.at, strict: context.strict });
      return operators[syntax.operator](left, right);
    }
    case 'type': {
      const type = resolveType(syntax.type, syntax.at, context.lenient);
      const operand = compileSyntax(syntax.operand, context);
      return syntax.operator === 'is' ? is(operand, type) : ofType(operand, type, context.strict);
    }
    case 'order':
      throw new FhirPathSyntaxError('asc and desc belong in sort()', syntax.at);
  }
}

type Literal = Extract<Syntax, { kind: 'string' | 'integer' | 'long' | 'decimal' | 'temporal' }>;
type QuantityLiteral = Extract<Syntax, { kind: 'quantity' }>;

function compileLiteral({ kind, text, at }: Literal): Compiled {
  switch (kind) {
    case 'integer':
      // 2147483648 exceeds Integer, but -2147483648 does not, and the sign is compiled later
      if (Number(text) > 2_147_483_648) throw new FhirPathSyntaxError(`${text} is too large for an Integer`, at);
      return constant('System.Integer', [Number(text)]);
    case 'long':
      return constant('System.Long', [BigInt(text)]);
    case 'decimal':
      return constant('System.Decimal', [decimalOf(text, at)]);
    case 'temporal': {
      const value = parseTemporalLiteral(text);
      if (!value) throw new FhirPathSyntaxError(`${text} is not an existing date or time`, at);
      return constant(`System.${value.kind}`, [value]);
    }
    case 'string':
      return constant('System.String', [text]);
  }
}

/** A calendar duration may be quoted like a UCUM code: `1 'month'`. */
function compileQuantity({ text, unit, calendar, at }: QuantityLiteral): Compiled {
  const system = calendar || calendarUnits.get(unit) === unit ? 'calendar' : 'ucum';
  return constant('System.Quantity', [new Quantity(decimalOf(text, at), unit, system)]);
}

function decimalOf(text: string, at: Position): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new FhirPathSyntaxError(`${text} has too many digits`, at);
  return value;
}

/** A path step; the first step may be the name of a type (https://hl7.org/fhirpath/N1/#path-selection). */
function compileMember(syntax: Extract<Syntax, { kind: 'member' }>, context: Context): Compiled {
  const { on, name, at } = syntax;
  if (on) {
    const qualified = on.kind === 'member' && !on.on && (on.name === 'FHIR' || on.name === 'System') && typeModel(name);
    if (qualified) return rootType(name, context, at);
    const input = compileSyntax(on, context);
    return step(input, name, at, context);
  }
  requireFocus(name, context, at);
  if (/^[A-Z]/.test(name) && typeModel(name) && !isElement(name, context)) return rootType(name, context, at);
  return step(context.self, name, at, context);
}

function requireFocus(name: string, { noFocus }: Context, at: Position): void {
  if (noFocus)
    throw new FhirPathSyntaxError(
      `${name} is not a variable, and there is no focus here that it could be an element of: start with a variable`,
      at,
      'semantic',
    );
}

/** Whether the focus has an element of this name: elements of a logical model may be called `Task`. */
const isElement = (name: string, { self, model }: Context): boolean =>
  self.possible?.some((type) => model?.(type)?.elements.has(name)) === true;

/** `Patient` at the start of a path: the focus when it is a Patient, otherwise empty. */
function rootType(name: string, context: Context, at: Position): Compiled {
  const requested = { fhir: name, system: undefined };
  const { self } = context;
  if (self.type === undefined) {
    return ofType(self, requested);
  }
  if (isOf(self.type, requested)) return self;
  if (context.strict)
    throw new FhirPathSyntaxError(`the path starts at ${name}, but the focus is a ${self.type}`, at, 'semantic');
  return nothing;
}

function compileCall(syntax: Extract<Syntax, { kind: 'call' }>, context: Context): Compiled {
  const { on, name, args, at } = syntax;
  const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!definition) throw new FhirPathSyntaxError(`there is no function ${name}()`, at, 'semantic');
  const [least, most] = definition.args;
  if (args.length < least || args.length > most) {
    const expected = least === most ? String(least) : `${least} to ${most}`;
    throw new FhirPathSyntaxError(`${name}() takes ${expected} arguments, found ${args.length}`, at, 'semantic');
  }
  const input = on ? compileSyntax(on, context) : context.self;
  if (context.strict) checkInput(name, input, at);
  const within =
    input.defines.length > 0 ? { ...context, defined: new Set([...context.defined, ...input.defines]) } : context;
  const built = counted(definition.build({ name, input, args, context: within, at, compile: compileSyntax }), name);
  const defines = [...new Set([...input.defines, ...built.defines])];
  return defines.length > 0 ? { ...built, defines } : built;
}

/** Functions whose result may be a longer text than their input. */
const lengthening: ReadonlySet<string> = new Set(['replace', 'replaceMatches', 'join', 'encode', 'escape']);

/** The items that a function yields are counted: whatever reads them takes time in proportion. */
function counted(built: Compiled, name: string): Compiled {
  const { one, many } = built;
  if (built.constant) return built;
  if (!one)
    return {
      ...built,
      many: (self, scope) => {
        const items = many(self, scope);
        spend(scope, items.length);
        return items;
      },
    };
  if (!lengthening.has(name)) return built;
  const text: One = (self, scope) => {
    const found = one(self, scope);
    if (typeof found !== 'string') return found;
    spend(scope, found.length >> 6);
    return limitedText(found);
  };
  return { ...built, ...single(built.type, text, built) };
}

function compileIndexer(syntax: Extract<Syntax, { kind: 'indexer' }>, context: Context): Compiled {
  const input = compileSyntax(syntax.on, context);
  if (context.strict && input.unordered)
    throw new FhirPathSyntaxError(
      'an index depends on an order that the collection does not have',
      syntax.at,
      'semantic',
    );
  const number = compileSyntax(syntax.index, context);
  if (context.strict) checkIndex(number, syntax.at);
  const index = integerOf(number, 'an index');
  const { type, possible, defines } = input;
  return single(
    type,
    (self, scope) => {
      const position = index(self, scope);
      return position === undefined ? undefined : input.many(self, scope)[position];
    },
    { possible, defines },
  );
}
