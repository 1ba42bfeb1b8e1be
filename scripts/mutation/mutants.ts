import { parseSync } from 'oxc-parser';

/** A change of one token, or of one condition or block. */
export interface Mutant {
  readonly id: number;
  readonly line: number;
  readonly was: string;
  readonly is: string;
}

/** A source with all its mutants in it; `globalThis.mutant(id)` says which one is switched on. */
export interface Instrumented {
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** What may stand in place of a node: whole texts, each an expression as the node is. */
type Swap = (node: Node, text: Text) => readonly string[];
type Text = (node: Node) => string;

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
  '??=': ['&&=', '='],
};

const METHODS: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  round: 'floor',
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  find: 'findLast',
  findLast: 'find',
};

/** Calls that can be left out: what they are called on stands in their place. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'filter',
  'slice',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'trim',
  'toLowerCase',
]);

/**
 * Puts every mutant into a TypeScript source, each behind a switch, so that a file is compiled and
 * loaded once for all of them. Ids count from `firstId`.
 * `a < b` -> `(mutant(1)?(a <= b):mutant(2)?(a >= b):(a < b))`
 */
export function instrument(source: string, firstId: number): Instrumented {
  const { program, errors } = parseSync('source.ts', source);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const mutants: Mutant[] = [];
  const text: Text = ({ start, end }) => source.slice(start, end);

  const add = (node: Node, is: string): number => {
    const id = firstId + mutants.length;
    const line = source.slice(0, node.start).split('\n').length;
    mutants.push({ id, line, was: text(node), is });
    return id;
  };
  const inside = (child: Child): string => {
    const { node } = child;
    let code = '';
    let at = node.start;
    for (const below of childrenOf(child)) {
      code += source.slice(at, below.node.start) + switched(below);
      at = below.node.end;
    }
    return code + source.slice(at, node.end);
  };
  const switched = (child: Child): string => {
    const { node, tests, isLink } = child;
    if (node.type === 'BlockStatement' && text(node).length > 2) {
      return `{if(!globalThis.mutant(${add(node, '{}')}))${inside(child)}}`;
    }
    const swaps = isLink ? [] : new Set([...tests, ...swapsOf(node, text)]);
    const choices = [...swaps].map((is) => `globalThis.mutant(${add(node, is)})?(${is}):`);
    return choices.length === 0 ? inside(child) : `(${choices.join('')}(${inside(child)}))`;
  };

  const code = switched({ node: { ...program }, tests: [], isLink: false });
  return { code, mutants };
}

interface Child {
  readonly node: Node;
  /** The condition of an `if` or of a loop can be held true or false. */
  readonly tests: readonly string[];
  /** `a?.b` inside `a?.b.c`: in brackets of its own it would no longer end the whole chain. */
  readonly isLink: boolean;
}

const TESTS: Readonly<Record<string, readonly string[]>> = {
  IfStatement: ['true', 'false'],
  WhileStatement: ['false'],
  ForStatement: ['false'],
};

/** The nodes below one that exist at run time, in the order of the source. */
function childrenOf({ node, isLink }: Pick<Child, 'node' | 'isLink'>): Child[] {
  const chained = isLink || node.type === 'ChainExpression';
  const found = Object.entries(node).flatMap(([name, value]) => {
    if (name === 'key' && node['computed'] !== true) return [];
    return (Array.isArray(value) ? value : [value])
      .filter((one: unknown) => isNode(one))
      .flatMap(runtimeParts)
      .map((one) => ({
        node: one,
        tests: name === 'test' ? (TESTS[node.type] ?? []) : [],
        isLink: chained && ['expression', 'callee', 'object'].includes(name),
      }));
  });
  return found.sort((a, b) => a.node.start - b.node.start);
}

/** The expression within `x as T`; nothing of types and imports. */
function runtimeParts(node: Node): Node[] {
  if (/^TS(?:As|Satisfies|NonNull)/u.test(node.type)) {
    const inner = childOf(node, 'expression');
    return inner === null ? [] : runtimeParts(inner);
  }
  return /^(?:TS|Import)/u.test(node.type) ? [] : [node];
}

function childOf(node: Node, name: string): Node | null {
  const child = node[name];
  return isNode(child) ? child : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function swapsOf(node: Node, text: Text): readonly string[] {
  return Object.hasOwn(SWAPS, node.type) ? (SWAPS[node.type]?.(node, text) ?? []) : [];
}

const operator: Swap = (node, text) => {
  const [left, right] = [childOf(node, 'left'), childOf(node, 'right')];
  if (left === null || right === null) return [];
  // `a ?? b ?? c` -> `(a ?? b) && c`: another operator may bind otherwise.
  const operand = (of: Node) => (/^(?:Bin|Log)/u.test(of.type) ? `(${text(of)})` : text(of));
  return (OPERATORS[String(node['operator'])] ?? []).map(
    (other) => `${operand(left)} ${other} ${operand(right)}`,
  );
};

const SWAPS: Readonly<Record<string, Swap>> = {
  BinaryExpression: operator,
  LogicalExpression: operator,
  AssignmentExpression: operator,
  UnaryExpression: (node, text) => {
    const argument = childOf(node, 'argument');
    return argument !== null && ['!', '-'].includes(String(node['operator']))
      ? [text(argument)]
      : [];
  },
  UpdateExpression: (node, text) => [
    text(node).replace(/\+\+|--/u, (sign) => (sign === '++' ? '--' : '++')),
  ],
  ConditionalExpression: (node, text) =>
    ['consequent', 'alternate'].flatMap((name) => {
      const branch = childOf(node, name);
      return branch === null ? [] : [text(branch)];
    }),
  Literal: ({ value }) => {
    if (typeof value === 'boolean') return [String(!value)];
    if (typeof value === 'number') return [value === 0 ? '1' : `${value * 10}`];
    if (typeof value === 'string') return [value === '' ? '"mutant"' : '""'];
    return [];
  },
  TemplateLiteral: () => ['""'],
  ArrayExpression: ({ elements }) => (Array.isArray(elements) && elements.length > 0 ? ['[]'] : []),
  CallExpression: (node, text) => {
    const callee = childOf(node, 'callee');
    const object = callee === null ? null : childOf(callee, 'object');
    const property = callee === null ? null : childOf(callee, 'property');
    if (object === null || property === null || callee?.['optional'] === true) return [];
    const name = text(property);
    if (LEFT_OUT.has(name)) return [text(object)];
    const other = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (other === undefined) return [];
    const whole = text(node);
    const [from, to] = [property.start - node.start, property.end - node.start];
    return [whole.slice(0, from) + other + whole.slice(to)];
  },
  ChainExpression: (node, text) => {
    const plain = text(node).replace(/\?\.(?=[[(])|\?(?=\.)/u, '');
    return plain === text(node) ? [] : [plain];
  },
};
