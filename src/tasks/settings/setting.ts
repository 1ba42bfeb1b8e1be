import type { ProbeRequest } from '../../core/run/request.js';
import { ascending, parseAge, parseAges } from '../../model/values/ages.js';
import { parseDuration } from '../../model/values/duration.js';

/** One setting of a probe: what people write for it, and what the program makes of that (`T`). */
export interface Setting<T> {
  /** Part of the help in which its flag stands. */
  readonly group: 'SENDER' | 'HOST' | 'PLAN';
  /** The name that it had before, which flags and files still take. */
  readonly formerName?: string;
  /** What it does, as the help of its flag says it. */
  readonly help: string;
  /** The sentence of the configuration's schema, where it is another one. */
  readonly inFile?: string;
  /** In words, what holds where nobody gives it and there is no default. */
  readonly otherwise?: string;
  /** Environment variable that is read where neither flag nor file gives it. */
  readonly env?: string;
  /** Flags that cannot go with it. */
  readonly exclusive?: readonly string[];
  readonly value: Value<T>;
  /** What it changes in the request; absent: it is not for the run, but for what is around it. */
  readonly fills?: (value: T) => Partial<ProbeRequest>;
}

/** Any setting, as far as it can be shown. */
export type AnySetting = Omit<Setting<unknown>, 'fills'>;

/** How a value is written, and how it is read: once, where it comes in. */
export type Value<T> =
  | {
      readonly kind: 'text';
      readonly placeholder: string;
      readonly default?: string;
      /** Where it stands in a file as a bare number, the unit is missing. */
      readonly isDuration: boolean;
      readonly parse: (text: string) => T;
    }
  | {
      /** With commas in a flag, a list in a file. */
      readonly kind: 'ages';
      readonly parse: (text: string) => T;
      readonly item: (text: string) => number;
      readonly collect: (seconds: readonly number[]) => T;
    }
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly of: (given: number) => T;
    }
  | {
      readonly kind: 'choice';
      readonly choices: readonly (T & string)[];
      /** Those that a file may choose. */
      readonly inFile: readonly (T & string)[];
      readonly default: T & string;
      /** Choices that have a flag of their own, each with its help, in place of one with a value. */
      readonly switches?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'toggle'; readonly of: (given: boolean) => T };

/** Keeps the type of the value while the rest is checked. */
export function setting<T>(one: Setting<T>): Setting<T> {
  return one;
}

/** `at('timeoutSeconds')(30)` gives `{ timeoutSeconds: 30 }`. */
export function at<F extends keyof ProbeRequest>(field: F) {
  return (value: ProbeRequest[F]): Partial<ProbeRequest> => {
    const part: { [K in F]?: ProbeRequest[K] } = {};
    part[field] = value;
    return part;
  };
}

export function text<T>(placeholder: string, parse: (text: string) => T): Value<T> {
  return { kind: 'text', placeholder, isDuration: false, parse };
}

export function duration(byDefault: string, parse = parseDuration): Value<number> {
  const placeholder = '<duration>';
  return { kind: 'text', placeholder, default: byDefault, isDuration: true, parse };
}

/** `usual`: what the word `default` stands for in a flag, in seconds; absent: nothing. */
export function ages(usual?: readonly number[]): Value<readonly number[]> {
  const parse = (given: string) =>
    given === 'default' && usual !== undefined ? usual : parseAges(given);
  return { kind: 'ages', parse, item: parseAge, collect: ascending };
}

export function integer(byDefault: number, min: number, max: number): Value<number> {
  return { kind: 'integer', default: byDefault, min, max, of: (given) => given };
}

export function choice<T extends string>(
  choices: readonly T[],
  byDefault: T,
  more: {
    readonly inFile?: readonly NoInfer<T>[];
    readonly switches?: Readonly<Record<string, string>>;
  } = {},
): Value<T> {
  return { kind: 'choice', choices, inFile: choices, default: byDefault, ...more };
}

export function toggle(): Value<boolean> {
  return { kind: 'toggle', of: (given) => given };
}
