import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { type GreyprobeError, usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import type { LineOf } from './config-problem.js';

/** What a text in YAML or JSON holds, and where. */
export interface ConfigDocument {
  readonly value: unknown;
  readonly lineOf: LineOf;
}

/**
 * Reads one document of YAML 1.2, which JSON is too, with anchors, aliases and merge keys. Throws
 * `bad-config` with the line. `shown` names the file in messages.
 */
export function readDocument(text: string, shown: string): ConfigDocument {
  try {
    if (!nestsTooDeep(text)) return readShallow(text, shown);
  } catch (error) {
    // The parser calls itself for each level.
    if (!(error instanceof RangeError)) throw error;
  }
  throw usageError('bad-config', `${shown}: ${TOO_DEEP}`);
}

function readShallow(text: string, shown: string): ConfigDocument {
  const counter = new LineCounter();
  const document = parsed(text, counter);
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const refuse = (offset: number, says: string): GreyprobeError =>
    usageError('bad-config', `${shown}:${lineAt(offset)}: ${escapeControl(says)}`);
  // An unknown tag is a mere warning of the parser, but it means something that will not happen.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw refuse(problem.pos[0], sentenceOf(problem));
  const slip = structuralSlip(document);
  if (slip !== null) throw refuse(startOf(slip.node) ?? 0, slip.says);
  return {
    value: toPlain(document, shown),
    lineOf: (path, of) => lineAt(offsetOf(document, path, of)),
  };
}

/** The parser tells every slip, thousands in a garbled file: where in its code is of no use. */
function parsed(text: string, lineCounter: LineCounter): Document {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      merge: true,
      // The parser compares each key with all before it; see `structuralSlip`.
      uniqueKeys: false,
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const DEEPEST = 100;
const TOO_DEEP = 'lists and maps are nested too deep.';

/** Told by the lexer, which takes a moment for a megabyte: the parser calls itself for each level. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

function sentenceOf({ code, message }: YAMLError): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'a second document begins; a configuration is one.';
    default:
      return message;
  }
}

const MOST_ALIASES = 10_000;

interface Slip {
  readonly node: unknown;
  readonly says: string;
}

/** What the parser takes, and no plain value can be made of. Null: nothing. */
function structuralSlip(document: Document): Slip | null {
  const slips: Slip[] = [];
  const note = (node: unknown, says: string) => {
    slips.push({ node, says });
    return visit.BREAK;
  };
  let aliases = 0;
  // Of the same name the last one above counts. `alias.resolve` would walk through all for each.
  const anchors = new Map<string, Node>();
  const remember = (node: Node) => {
    if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
  };
  visit(document, {
    Scalar: (_, scalar) => remember(scalar),
    Seq: (_, seq, above) => {
      remember(seq);
      return above.length > DEEPEST ? note(seq, TOO_DEEP) : undefined;
    },
    Map: (_, map, above) => {
      remember(map);
      if (above.length > DEEPEST) return note(map, TOO_DEEP);
      const twice = keyThatStandsTwice(map);
      if (twice === null) return undefined;
      const name = String(twice.value).slice(0, 60);
      return note(twice, `the key '${name}' stands twice; keys must be unique.`);
    },
    Pair: (_, { key }) => {
      const named = isAlias(key) ? anchors.get(key.source) : key;
      // The parser would make a text of it, and warn on stderr.
      return isCollection(named) ? note(key, 'a key is a text, not a list or a map.') : undefined;
    },
    Alias: (_, alias, above) => {
      aliases += 1;
      if (aliases > MOST_ALIASES)
        return note(alias, `there are more than ${MOST_ALIASES} aliases.`);
      const named = anchors.get(alias.source);
      if (named === undefined) return note(alias, `there is no anchor &${alias.source}.`);
      // Only what is still open where it is named again can have no end.
      return above.some((node) => node === named)
        ? note(alias, `&${alias.source} contains itself.`)
        : undefined;
    },
  });
  return slips[0] ?? null;
}

function keyThatStandsTwice({ items }: YAMLMap): Scalar | null {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) return key;
    seen.add(key.value);
  }
  return null;
}

function toPlain(document: Document, shown: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw usageError('bad-config', `${shown}: ${says}`);
  }
}

/** Where a value, or its key, begins; the nearest thing around it where it is not there. */
function offsetOf(document: Document, path: readonly PropertyKey[], of: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, segment] of path.entries()) {
    const isLast = index === path.length - 1;
    // What stands at an anchor is wrong there, not where it is named again.
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(segment),
      );
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
      if (isLast && of === 'key') return offset;
      // A scalar stands beside its key; the first line of a block is below it.
      if (isScalar(node)) offset = startOf(node) ?? offset;
    } else if (isSeq(node) && typeof segment === 'number') {
      node = node.items[segment];
      offset = startOf(node) ?? offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}
