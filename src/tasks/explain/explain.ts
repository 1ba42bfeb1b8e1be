import type { ExplainResult, LogSummary } from '../../contract/explain-result.js';
import { decodedChunks } from '../../edges/system/read-bytes.js';
import type { InputFormat } from '../../mail/finding.js';
import { anyShellWord } from '../../model/values/shell-word.js';
import { Collector } from './collector.js';
import { explainJourney } from './explain-journey.js';
import { interpret } from './interpret.js';
import { type InputWarning, type Read, readMailText } from './read-input.js';

export interface ExplainOptions {
  /** How to name the input in the result: `text`, `stdin` or the file. */
  readonly name: string;
  /** Read the input as this, without looking. */
  readonly format?: InputFormat;
  /** Rows in each list of a log's summary. */
  readonly top?: number;
}

/** One of several inputs. */
export interface NamedInput {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Explains what an input tells of refused mail: replies, bounces, reports, logs. Memory is bounded
 * whatever the size of the input. Throws usage errors from the source of the chunks.
 */
export async function explain(
  chunks: AsyncIterable<Buffer>,
  options: ExplainOptions,
): Promise<ExplainResult> {
  return explainAll([{ name: options.name, chunks }], options);
}

/** Explains several inputs as one, in this order: what an earlier log refused, a later one delivers. */
export async function explainAll(
  inputs: readonly NamedInput[],
  options: Omit<ExplainOptions, 'name'>,
): Promise<ExplainResult> {
  const warnings: InputWarning[] = [];
  const collector = new Collector();
  const reads: Read[] = [];
  let bytes = 0;
  for (const { name, chunks } of inputs) {
    const note = (warning: InputWarning) =>
      warnings.push(
        inputs.length < 2 ? warning : { ...warning, message: `${name}: ${warning.message}` },
      );
    const source = counted(decodedChunks(chunks, note));
    try {
      const reading = { collector, name: fileName(name), warnings: { push: note } };
      reads.push(await readMailText(source, options.format ?? null, reading));
    } finally {
      // What was not read to its end would keep its file open.
      await source.return(undefined);
    }
    bytes += source.bytes;
  }
  const names = inputs.map(({ name }) => name);
  const { format, lines } = together(reads);
  const recognised = collector.tally.refusals > 0 || collector.journey !== null;
  const unread = warnings.filter(({ code }) => code === 'not-text').length;
  if (!recognised && unread < inputs.length) warnings.push(nothingRecognised(bytes, collector));
  const few = collector.tally.few(format);
  const isSummed = collector.tally.refusals > 0 && few.length === 0;
  return {
    schema: 'greyprobe.explain-result.v1',
    input: {
      name: names[0] ?? '',
      ...(names.length > 1 ? { files: names } : {}),
      format: recognised ? format : null,
      bytes,
      lines,
    },
    recognised,
    findings: await interpreted(few),
    log: isSummed ? await summaryOf(collector, options.top ?? 10) : null,
    ...(collector.journey === null || collector.tally.refusals > 0
      ? {}
      : { journey: explainJourney(collector.journey) }),
    warnings,
  };
}

/** How to name the input in a command. */
function fileName(name: string): string {
  return name === 'stdin' || name === 'text' ? 'FILE' : (anyShellWord(name) ?? 'FILE');
}

/** The format of the first input that had one, and the lines of all. */
function together(reads: readonly Read[]): Read {
  const lines = reads.flatMap((read) => read.lines ?? []);
  return {
    format: reads.find(({ format }) => format !== null)?.format ?? null,
    lines: lines.length === 0 ? null : lines.reduce((sum, count) => sum + count, 0),
  };
}

/** The counts, with the answer for the commonest greylisting, else for the first refusal. */
async function summaryOf({ tally, outcomes }: Collector, top: number): Promise<LogSummary> {
  const counts = outcomes.counts();
  const [typical] = tally.typical === null ? [] : await interpreted([tally.typical]);
  return {
    ...tally.summary(top),
    ...(counts === null ? {} : { outcomes: counts }),
    ...(typical?.answer == null ? {} : { answer: typical.answer }),
  };
}

/** The data on senders is loaded only where a sender is known. */
async function interpreted(
  kept: ReturnType<Collector['tally']['few']>,
): Promise<ExplainResult['findings']> {
  const senderOf = kept.some(({ found }) => found.software !== null)
    ? (await import('./sender-outlook.js')).knownSender
    : () => null;
  return kept.map(({ found, outcome }) => interpret(found, senderOf, outcome));
}

/** One piece of text, as given on the command line. */
export async function explainText(text: string, options: ExplainOptions): Promise<ExplainResult> {
  async function* once(): AsyncGenerator<Buffer> {
    yield Buffer.from(text, 'utf8');
  }
  return explain(once(), options);
}

interface Counted extends AsyncGenerator<Buffer> {
  bytes: number;
}

/** Counts the bytes that pass. */
function counted(chunks: AsyncIterable<Buffer>): Counted {
  async function* pass(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      counter.bytes += chunk.length;
      yield chunk;
    }
  }
  const counter: Counted = Object.assign(pass(), { bytes: 0 });
  return counter;
}

function nothingRecognised(bytes: number, { silent }: Collector): InputWarning {
  if (bytes === 0) return { code: 'empty', message: 'The input is empty.' };
  if (silent !== null) return { code: 'no-reply', message: silent };
  return {
    code: 'nothing-recognised',
    message:
      'Nothing in the input is a reply, a bounce, or a log line of a refusal that greyprobe knows.',
  };
}
